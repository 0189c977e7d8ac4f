/** The style of the page, whole; the page's content security policy allows it by its hash. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3b424a); --soft: light-dark(#f4f6f8, #1d2126);
  --quiet: light-dark(#59626c, #a2abb5); --link: light-dark(#0b5cad, #7db8f5); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 78rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #14171a); color: light-dark(#1b1f23, #e4e8ec); display: grid; gap: 2rem;
  grid-template-columns: 17rem minmax(0, 1fr); }
header { grid-column: 1 / -1; border-bottom: 1px solid var(--line); }
nav { position: sticky; top: 1rem; align-self: start; max-height: 95vh; overflow: auto; font-size: .9rem; }
nav ul { list-style: none; padding: 0; margin: 0 0 1rem; }
nav li { margin: .2rem 0; }
a { color: var(--link); }
code, pre { font: .9em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
h3 { margin-bottom: .25rem; }
article { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border: 1px solid var(--line); }
th { background: var(--soft); }
.method { display: inline-block; min-width: 4.2em; font-weight: 700; }
.quiet { color: var(--quiet); font-size: .9em; }
ul.members { margin: .25rem 0; padding-left: 1.1rem; }
@media (max-width: 50rem) { body { grid-template-columns: minmax(0, 1fr); } nav { position: static; max-height: none; } }
`;
