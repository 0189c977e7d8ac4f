import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A Node process of a test. */
export interface NodeProcess {
  readonly child: ChildProcess;
  /** Settles with the first line that it prints; rejects when it ends before. */
  readonly firstLine: Promise<string>;
  /** Settles when it has ended. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts a script of this folder in a Node process of its own. */
export function startNodeProcess(script: string, env: Record<string, string>): NodeProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path], { env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')));
    });
    void ended.then(() => reject(new Error(`${script} ended before it printed a line: ${stderr}`)));
  });
  firstLine.catch(() => {});
  return { child, firstLine, ended };
}
