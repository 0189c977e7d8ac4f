/** The password of `PASSWORD_VECTORS`. */
export const VECTOR_PASSWORD = 'correct horse battery \u00e9';

/** Hashes of that password, by the systems that they are named after. */
export const PASSWORD_VECTORS: readonly (readonly [system: string, hash: string])[] = [
  ['bcrypt $2a$', '$2a$05$6dsoV.xSH03H2rb77jG6BORvCdCvS6r8MXsRJ9YtWt39Td.wP71gG'],
  ['bcrypt $2b$', '$2b$05$332eqsZytnloQgAHhje6f.xT0xfzoOU12TaVDgrJbopUDBoBd6axG'],
  ['bcrypt $2y$', '$2y$05$KPEZK81Mk8ukzc2jO1CFQuFGQwrM6ltTNsevii4yLYno8.W1sE9Am'],
  ['Django pbkdf2_sha256', 'pbkdf2_sha256$29000$seasalt$rpj5TOb6EnG0Ns5iY0t+CKMOyFZNwM5RjlNrg4TyFw8='],
  ['Django pbkdf2_sha1', 'pbkdf2_sha1$29000$seasalt$gf5wUPsUaff5AHQ6jj3+fsqZm34='],
  [
    'Django argon2',
    'argon2$argon2id$v=19$m=102400,t=2,p=8$Y2tNVWVPd2dkZDJaRVp0YnQ2WjVqdA$sEX5x7tOuHuvtGUWeoSt1vA0zJDC1Tc0MHrIG5c/s3Y',
  ],
  [
    'Django scrypt',
    'scrypt$16384$M6QxJzaFBTAyDPdmMiSBhP$8$5$AWWPbzvfm+KG1lXZviCOMdTYEfXUaJecB4CApOviLdTrCoRL8XIgjA9T7m8X9Gg+aoci0CPcGkPFMc5eMWG4+A==',
  ],
  [
    'argon2-cffi I',
    '$argon2i$v=19$m=8192,t=2,p=2$ZKHL2kfGal9rTnYuGXbCuA$immdp5sIkmVjodBmpGROTdOkN9cJOjTdtJaobVrMHn8',
  ],
  [
    'argon2-cffi D',
    '$argon2d$v=19$m=8192,t=2,p=2$ACBHSridc0EQaUfsMomuog$fnBwluuv1lCYI+niRRQfqd+MNVtaNBHb7o6sCKXj4Ws',
  ],
  [
    'argon2-cffi ID',
    '$argon2id$v=19$m=8192,t=2,p=2$cPDNaBhdj8cgFaqEcg0GBA$YP/riI7MIx6rl1G1bbJ+sjEuDz+evGjQ5BrUanhgl60',
  ],
  [
    'passlib pbkdf2-sha256',
    '$pbkdf2-sha256$29000$mLN2rtXa25uzVsoZwxiD0A$jMmWREY5IIjj48YovCTtF7vsoc5kgTicgvU0z440VqE',
  ],
  [
    'passlib pbkdf2-sha512',
    '$pbkdf2-sha512$25000$oBSi9B6jVMp5j7G2dm4thQ$09NovSBI89TFztRH6hzqr25iLBDe13HTiw8ULx7wyNjhmrHhDd5vYzcgb3yi2gplPJVTCTFIAn2tUSSmVzhq6g',
  ],
  ['passlib pbkdf2', '$pbkdf2$25000$w7i3FgIgJGQshTCGMOZ8jw$KZ6vFkEYNRwBGN7qZ/yEWkVkf88'],
  [
    'passlib scrypt',
    '$scrypt$ln=12,r=8,p=1$AsDYe48RYixFCMG415oTQg$TKqfyCBldE+8H+xHIkhut5dcW+RtKqI1t3lbaP+BXm4',
  ],
  [
    'hashlib sha256 hex',
    'pbkdf2:sha256:20000:30313233343536373839616263646566:d2f3e4e1fa37e7e59c7d0b90d5a1c20bd3d0a54c697cd9fc138e05de100a325c',
  ],
  [
    'hashlib sha256 b64',
    '$pbkdf2-sha256$i=20000$MDEyMzQ1Njc4OWFiY2RlZg$0vPk4fo35+WcfQuQ1aHCC9PQpUxpfNn8E44F3hAKMlw',
  ],
  [
    'hashlib sha512 hex',
    'pbkdf2:sha512:20000:30313233343536373839616263646566:d114d295034d606834847cf72f059650a90f89bf4332e90610f2a8d9c19ad4921d3b1d7d6d72772abdce6f14e6e824e1ba743fdd48d8a39e19137897e5cb5d9a',
  ],
  [
    'hashlib sha512 b64',
    '$pbkdf2-sha512$i=20000$MDEyMzQ1Njc4OWFiY2RlZg$0RTSlQNNYGg0hHz3LwWWUKkPib9DMukGEPKo2cGa1JIdOx19bXJ3Kr3ObxTm6CThunQ/3UjYo54ZE3iX5ctdmg',
  ],
  [
    'hashlib sha1 hex',
    'pbkdf2:sha1:20000:30313233343536373839616263646566:2e7f2b2bad83a131751094742224e446289cb3dc',
  ],
  ['hashlib sha1 b64', '$pbkdf2-sha1$i=20000$MDEyMzQ1Njc4OWFiY2RlZg$Ln8rK62DoTF1EJR0IiTkRiics9w'],
];

/** A bcrypt hash of 72 times `x`. */
export const BCRYPT_OF_72_X = '$2b$05$SThbMfQ4j9FXXhe47LwhCeWCHhIqtrgRNhuKpiqTt6QqgU4ShcYX2';
