/** The server that takes our mails, and how the way to it is protected. Holds a password: never log it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /**
   * `tls` from the first byte; `starttls` before anything else, or nothing is sent; `none`: in the clear. Certificates are always verified.
   * @see RFC 8314, section 3 (implicit TLS); RFC 3207 (STARTTLS)
   */
  readonly protection: 'tls' | 'starttls' | 'none';
  readonly credential: { readonly user: string; readonly password: string } | undefined;
}

/** Whom our mails are from. */
export interface MailSender {
  readonly name: string | undefined;
  readonly address: string;
}
