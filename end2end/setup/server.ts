// A running product with a day in it: database, server and, when asked for, the pretended world.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { lastWords, said, start, stop, until, type Program } from "./processes";

const ROOT = resolve(__dirname, "../..");
const READY_WITHIN_MS = 120_000;
const DAY_BEGINS_WITHIN_MS = 180_000;
const READY = "DOORSTEP_READY ";
const AHEAD_MS = 30_000;

export const VANS = 8;
export const ORDERS = 300;
export const ROLES = ["dispatcher", "manager", "agent", "administrator"] as const;
export type Role = (typeof ROLES)[number];

export const PATHS = {
  server: process.env.DOORSTEP_BIN ?? join(ROOT, "target/debug/doorstep"),
  simulator: process.env.DOORSTEP_SIMULATOR ?? join(ROOT, "target/debug/simulator"),
  site: process.env.DOORSTEP_SITE ?? join(ROOT, "target/site"),
  city: process.env.DOORSTEP_CITY ?? join(ROOT, "var/extracts/malta-latest.osm.pbf"),
  // What has been read from the extract before is not read again.
  streets: join(process.env.DOORSTEP_VAR ?? join(ROOT, "var"), "city"),
};

interface Ready {
  url: string;
  sign_in: Record<Role, string>;
  admin_key: string;
}

export interface Stats {
  vans: number;
  moved: number;
  stored: number;
  events: number;
}

// Where a server is, and how one comes in.
export class TestServer {
  private constructor(
    readonly url: string,
    readonly folder: string,
    private readonly database: string,
    private readonly name: string,
    private readonly programs: Program[],
    readonly links: Partial<Record<Role, string>>,
    readonly adminKey: string,
  ) {}

  // A demo's server, its clock `factor` times faster than life.
  static async demo(factor: number): Promise<TestServer> {
    const { folder, database, programs } = await openDatabase();
    try {
      const server = startDemo(folder, database, ["--port", "0", "--factor", String(factor)]);
      programs.unshift(server);
      const ready = JSON.parse(await said(server, READY, READY_WITHIN_MS)) as Ready;
      return new TestServer(ready.url, folder, database, "doorstep_demo", programs, ready.sign_in, ready.admin_key);
    } catch (error) {
      await stop(programs);
      throw error;
    }
  }

  // A server on real time in which nothing has been set up.
  static async unused(): Promise<TestServer> {
    const { folder, database, programs } = await openDatabase();
    try {
      const port = await freePort();
      const server = start("the server", PATHS.server, [
        "serve", ...site(), "--var", folder, "--database-url", database, "--listen", `127.0.0.1:${port}`,
      ], join(folder, "log/server.log"));
      programs.unshift(server);
      const url = `http://127.0.0.1:${port}`;
      const open = await until(() => fetch(`${url}/health`).then((answer) => answer.ok, () => false), READY_WITHIN_MS);
      if (!open) throw new Error(`the server did not open; its last words:\n${lastWords(server)}`);
      const opened = new TestServer(url, folder, database, "doorstep", programs, {}, "");
      for (const role of ROLES) opened.links[role] = opened.addPerson(role, role);
      return opened;
    } catch (error) {
      await stop(programs);
      throw error;
    }
  }

  // Sets up a hub with two vehicles, and nothing to deliver yet.
  async setUp(): Promise<void> {
    const vehicle = (label: string) => ({
      label, kind: "electric_van", driver: `Driver of ${label}`, capacity_g: 800_000, capacity_ml: 6_000_000,
      shift_from: "08:00:00", shift_until: "17:00:00",
    });
    const answer = await fetch(`${this.url}/api/v1/operation`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({
        hub: { name: "Central hub", at: { lat: 35.8858, lon: 14.4949 }, zone: "Europe/Malta", plan_at: "23:30:00" },
        shops: ["Shop"],
        vehicles: [vehicle("Van 01"), vehicle("Van 02")],
      }),
    });
    if (!answer.ok) throw new Error(`the hub was not set up: ${answer.status} ${await answer.text()}`);
  }

  // Takes the database away from the running server.
  async loseDatabase(): Promise<void> {
    if (process.env.DATABASE_URL) throw new Error("the database that DATABASE_URL names is not ours to stop");
    await stop(this.programs.splice(1));
  }

  // Lets the pretended world play, and waits until its vans drive.
  async begin(): Promise<void> {
    const key = join(this.folder, "admin-key");
    writeFileSync(key, this.adminKey, { mode: 0o600 });
    const simulator = start("the simulator", PATHS.simulator, [
      "--server", this.url, "--key-file", key, "--seed", "1", "--vans", String(VANS), "--orders", String(ORDERS),
      "--city", PATHS.city, "--var", this.folder,
    ], join(this.folder, "log/simulator.log"));
    this.programs.unshift(simulator);
    const drives = await until(async () => (await this.stats()).moved >= VANS / 2, DAY_BEGINS_WITHIN_MS);
    if (!drives) throw new Error(`the vans did not start; the simulator's last words:\n${lastWords(simulator)}`);
  }

  // Lets the day stand still as it is now: the pretended world ends, and the server opens again with a clock that stands.
  async standStill(): Promise<void> {
    const [simulator, server] = this.programs;
    if (!simulator || !server) throw new Error("there is no day that goes on");
    // Its phones send what they still have. It reads the clock ahead now and then, by less than a second of ours.
    await stop([simulator]);
    const until = new Date((await this.now()).getTime() + AHEAD_MS);
    await stop([server]);
    this.programs.splice(0, 2);
    const again = startDemo(this.folder, this.database, [
      "--continue", "--until", until.toLocaleTimeString("en-GB", { timeZone: "Europe/Malta" }), "--port", new URL(this.url).port,
    ], "standing");
    this.programs.unshift(again);
    await said(again, READY, READY_WITHIN_MS);
  }

  // What the server's clock shows.
  async now(): Promise<Date> {
    const answer = await fetch(`${this.url}/api/v1/clock`, { headers: { authorization: `Bearer ${this.adminKey}` } });
    return new Date(((await answer.json()) as { now: string }).now);
  }

  // Adds a person. Without a password the answer is the address of a one-time sign-in link.
  addPerson(name: string, role: Role, password?: string): string {
    const path = this.run(["add-user", name, role, ...(password === undefined ? ["--link"] : [])], password);
    return password === undefined ? this.url + path.trim() : "";
  }

  // Erases the recipient of the first of these orders that has been delivered: nobody is erased who still waits.
  erase(references: string[]): void {
    const erased = references.some((reference) => {
      try {
        return this.run(["erase", "--order", reference]).includes("\terased");
      } catch {
        return false;
      }
    });
    if (!erased) throw new Error(`none of ${references.length} orders could be erased: ${references.join(", ")}`);
  }

  // Throws where the tables hold something else than what has happened adds up to.
  checkHistory(): void {
    console.log(this.run(["check-history"]).trim());
  }

  // What a verb of the program says that works on the database of this server.
  private run(verb: string[], input = ""): string {
    const where = ["--database-url", withDatabase(this.database, this.name), "--var", this.folder];
    const ended = spawnSync(PATHS.server, [...verb, ...where], { input, encoding: "utf8" });
    if (ended.status !== 0) throw new Error(`doorstep ${verb[0]} failed:\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  async stats(): Promise<Stats> {
    const answer = await fetch(`${this.url}/api/v1/stats`, { headers: { authorization: `Bearer ${this.adminKey}` } });
    return answer.ok ? ((await answer.json()) as Stats) : { vans: 0, moved: 0, stored: 0, events: 0 };
  }

  async close(): Promise<void> {
    await stop(this.programs);
    // For whoever wants to read the logs of a run that failed.
    if (process.env.DOORSTEP_KEEP) console.log(`kept ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}

// A database of our own, or the server that DATABASE_URL names, of which a demo uses a database of its own.
async function openDatabase(): Promise<{ folder: string; database: string; programs: Program[] }> {
  for (const path of [PATHS.server, PATHS.simulator, PATHS.site, PATHS.city]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: \`cargo xtask test\` builds and fetches everything first`);
  }
  const folder = mkdtempSync(join(tmpdir(), "doorstep-walks-"));
  // The database may run as a user of its own, who must be able to enter.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "log"));
  if (existsSync(PATHS.streets)) symlinkSync(PATHS.streets, join(folder, "city"));
  const given = process.env.DATABASE_URL;
  if (given) return { folder, database: given, programs: [] };
  const program = start("the database", PATHS.server, ["db", "--var", folder], join(folder, "log/database.log"));
  try {
    return { folder, database: await said(program, "DATABASE_URL=", READY_WITHIN_MS), programs: [program] };
  } catch (error) {
    await stop([program]);
    throw error;
  }
}

function startDemo(folder: string, database: string, how: string[], log = "server"): Program {
  return start("the server", PATHS.server, [
    "demo", ...site(), "--var", folder, "--database-url", database, ...how,
  ], join(folder, `log/${log}.log`));
}

function site(): string[] {
  return ["--site", PATHS.site, "--city", PATHS.city];
}

function withDatabase(url: string, name: string): string {
  const [address, options] = url.split("?");
  const changed = address.replace(/^(\w+:\/\/[^/]*)(\/.*)?$/, `$1/${name}`);
  return options ? `${changed}?${options}` : changed;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
