// Programs that the walks start: each is known by its number, and all of them must be gone at the end.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, readdirSync, mkdirSync, openSync, closeSync } from "node:fs";
import { dirname } from "node:path";

// A server ends its round of work first, which may be the search for a plan.
const STOP_WITHIN_MS = 60_000;

export interface Program {
  readonly name: string;
  readonly log: string;
  readonly child: ChildProcess;
}

// Starts a program whose output goes to a file, so that a failure can be read afterwards.
export function start(name: string, command: string, args: string[], log: string): Program {
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, "w");
  const environment: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  for (const unwanted of ["DATABASE_URL", "DOORSTEP_VAR", "DOORSTEP_SITE", "DOORSTEP_CITY"]) delete environment[unwanted];
  const child = spawn(command, args, { stdio: ["ignore", out, out], env: environment });
  closeSync(out);
  child.on("error", (error) => console.error(`${name} could not be started: ${error.message}`));
  return { name, log, child };
}

// Waits until the program has written a line that begins with `mark`, and gives what follows it.
export async function said(program: Program, mark: string, withinMs: number): Promise<string> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const line = readFileSync(program.log, "utf8").split("\n").slice(0, -1).find((text) => text.startsWith(mark));
    if (line !== undefined) return line.slice(mark.length).trim();
    if (hasEnded(program)) break;
    await pause(100);
  }
  throw new Error(`${program.name} did not say ${mark}; its last words:\n${lastWords(program)}`);
}

// Stops programs in the order given, and throws when one of them, or a child of one, is still there.
export async function stop(programs: Program[]): Promise<void> {
  const ours = programs.flatMap(({ child }) => (child.pid ? [child.pid, ...descendants(child.pid)] : []));
  for (const program of programs) {
    if (hasEnded(program)) continue;
    program.child.kill("SIGTERM");
    await until(() => hasEnded(program), STOP_WITHIN_MS);
  }
  const isThere = (pid: number) => parents().has(pid);
  await until(() => !ours.some(isThere), STOP_WITHIN_MS);
  const left = ours.filter(isThere);
  for (const pid of left) process.kill(pid, "SIGKILL");
  if (left.length > 0) {
    throw new Error(`still there after ${STOP_WITHIN_MS / 1000} s, and killed: ${left.join(", ")} of ${names(programs)}`);
  }
}

export function lastWords({ log }: Program): string {
  return readFileSync(log, "utf8").split("\n").slice(-15).join("\n");
}

export async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await holds()) return true;
    await pause(100);
  }
  return await holds();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function hasEnded({ child }: Program): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function names(programs: Program[]): string {
  return programs.map(({ name }) => name).join(", ");
}

// Every living process and its parent. A zombie waits only to be counted, so it is not living.
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state !== "Z") found.set(Number(entry), Number(parent));
    } catch {
      // It ended while we were looking.
    }
  }
  return found;
}

function descendants(root: number): number[] {
  const all = [...parents()];
  const found = [root];
  for (const at of found) found.push(...all.filter(([, parent]) => parent === at).map(([pid]) => pid));
  return found.slice(1);
}
