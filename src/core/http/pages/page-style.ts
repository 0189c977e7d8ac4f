/** The style of our small pages, whole; their content security policy allows it by its hash. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3b424a); --quiet: light-dark(#59626c, #a2abb5);
  --link: light-dark(#0b5cad, #7db8f5); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem; max-width: 40rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #14171a); color: light-dark(#1b1f23, #e4e8ec); }
h1 { font-size: 1.4rem; }
label { display: block; margin: 1rem 0 .25rem; }
input { width: 100%; padding: .5rem; font: inherit; border: 1px solid var(--line); border-radius: .25rem; }
button { margin: 1.25rem 0; padding: .5rem 1.25rem; font: inherit; border: 0; border-radius: .25rem; background: #0b5cad;
  color: #fff; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
a { color: var(--link); }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
pre { font: .9em/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .9em; }
[hidden] { display: none; }
`;
