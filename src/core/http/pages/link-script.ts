/**
 * The script of the pages that links in mails lead to, whole; their content security policy allows it by its hash. Takes the token out of the address, so that it
 * stays in no history, and sends it when somebody asks for it: programs that follow links, even those that run scripts, change nothing.
 */
export const LINK_SCRIPT = `
'use strict';
(() => {
  const texts = {
    link_invalid: 'This link is not good any more. Ask for a new one.',
    conflict: 'Another account has this address by now.',
    too_many_requests: 'That was too often. Try again later.',
    too_short: 'The password is too short: it needs 15 characters.',
    too_long: 'The password is too long: it may have 256 characters.',
    too_common: 'The password is too common: others would guess it.',
    contains_context: 'The password is too close to your name, your address or the name of the service.',
    other: 'That did not work. Try again in a moment.',
  };
  const find = (id) => document.getElementById(id);
  const form = find('form');
  const button = find('button');
  const password = find('password');
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);

  const say = (text) => {
    find('message').textContent = text;
  };
  const done = () => {
    form.hidden = true;
    say(form.dataset.done);
  };
  const refuse = (problem) => {
    const [reason] = problem.reasons ?? [problem.code];
    say(texts[reason] ?? texts.other);
    button.disabled = reason === 'link_invalid';
  };

  const send = async () => {
    const body = JSON.stringify(password === null ? { token } : { token, password: password.value });
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(location.pathname, { method: 'POST', headers, body, credentials: 'omit' });
    if (response.ok) done();
    else refuse(await response.json());
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (password !== null && password.value !== find('again').value) return say('The two are not the same.');
    button.disabled = true;
    say('');
    return send().catch(() => refuse({}));
  });
  if (token === null) refuse({ code: 'link_invalid' });
})();
`;
