#!/usr/bin/env node
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from './commands/command-line.ts';
import { rootCommand } from './commands/root-command.ts';

/** Writes to a stream, with colours only where somebody looks at them. */
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  // A reader such as `head` may have seen enough; the command still ends in order.
  stream.on('error', () => {});
  return (text) => {
    stream.write(stream.isTTY ? text : stripVTControlCharacters(text));
  };
}

process.exitCode = await runCommandLine(rootCommand, process.argv.slice(2), {
  env: process.env,
  writeOut: writerTo(process.stdout),
  writeError: writerTo(process.stderr),
});
