// A hub of a walk's own, with one vehicle whose day the walk plays itself, as its shop and its phone would.
import { randomUUID } from "node:crypto";
import type { State } from "./people";
import { until } from "./processes";

const PLANNED_WITHIN_MS = 120_000;
// Each order is promised within eight hours from now.
const PROMISED_WITHIN_MS = 8 * 3_600_000;
// In Hamrun, near the hub, then in Qormi, Paola, Birkirkara and Luqa.
const DOORS = [[35.8847, 14.4844], [35.876, 14.472], [35.873, 14.507], [35.8972, 14.4611], [35.859, 14.489]] as const;

interface Route {
  route: string;
  stops: { stop: string; reference: string }[];
}

// What a driver reports of a stop, by the order's reference, or of the route.
export type Deed =
  | { kind: "departed" | "returned" }
  | { kind: "arrived"; reference: string }
  | { kind: "delivered" | "failed"; reference: string; outcome: string };

export class OwnHub {
  private constructor(
    private readonly server: State,
    readonly id: string,
    private readonly device: string,
    private readonly plan: Route,
  ) {}

  // Sets a hub up, places its orders, and waits until they are planned.
  static async open(server: State, name: string, references: string[]): Promise<OwnHub> {
    const now = await clock(server);
    const local = now.toLocaleTimeString("en-GB", { timeZone: "Europe/Malta", hour: "2-digit", minute: "2-digit" });
    const { hub, shops, vehicles } = await ask<{ hub: string; shops: { key: string }[]; vehicles: { key: string }[] }>(
      server, "/api/v1/operation", server.adminKey, {
        hub: { another: true, name, at: { lat: 35.8858, lon: 14.4949 }, zone: "Europe/Malta", plan_at: `${local}:00` },
        shops: [`Shop of ${name}`],
        vehicles: [{
          label: "Own van", kind: "diesel_van", driver: "Driver O", capacity_g: 800_000, capacity_ml: 6_000_000,
          shift_from: "06:00:00", shift_until: "20:00:00",
        }],
      },
    );
    const key = shops[0]!.key;
    const device = vehicles[0]!.key;
    const { results } = await ask<{ results: { result: string; why?: string }[] }>(server, "/api/v1/orders", key, {
      orders: references.map((reference, place) => {
        const [lat, lon] = DOORS[place % DOORS.length]!;
        return {
          reference, hub, address: `${place + 1}, Triq Ġdida`, at: { lat, lon },
          recipient: { name: `Recipient of ${reference}`, phone: `+356 2155 00${10 + place}` },
          window_from: now.toISOString(), window_until: new Date(now.getTime() + PROMISED_WITHIN_MS).toISOString(),
          packages: [{ barcode: `${reference}-1`, weight_g: 2_000, volume_ml: 8_000 }],
        };
      }),
    });
    const refused = results.filter(({ result }) => result !== "placed");
    if (refused.length > 0) throw new Error(`orders were refused: ${JSON.stringify(refused)}`);
    let plan: Route | undefined;
    const planned = async () => {
      const answer = await fetch(`${server.url}/intake/route`, { headers: { authorization: `Bearer ${device}` } });
      plan = answer.ok ? ((await answer.json()) as Route) : undefined;
      return plan?.stops.length === references.length;
    };
    if (!(await until(planned, PLANNED_WITHIN_MS))) {
      throw new Error(`${name} has planned ${plan?.stops.length ?? 0} of ${references.length} stops`);
    }
    return new OwnHub(server, hub, device, plan!);
  }

  // The driver reports what was done, in this order, just now.
  async report(...deeds: Deed[]): Promise<void> {
    const at = (await clock(this.server)).toISOString();
    const reports = deeds.map((deed) => {
      const { reference, ...what } = { reference: undefined, ...deed };
      const stop = reference === undefined ? undefined : this.plan.stops.find((known) => known.reference === reference)?.stop;
      return { id: randomUUID(), at, ...what, ...(stop ? { stop } : { route: this.plan.route }) };
    });
    const answer = await ask<{ results: { result: string; why?: string }[] }>(
      this.server, "/intake/outcomes", this.device, { reports },
    );
    const refused = answer.results.filter(({ result }) => result !== "stored");
    if (refused.length > 0) throw new Error(`reports were refused: ${JSON.stringify(refused)}`);
  }
}

async function clock(server: State): Promise<Date> {
  const answer = await fetch(`${server.url}/api/v1/clock`, { headers: { authorization: `Bearer ${server.adminKey}` } });
  return new Date(((await answer.json()) as { now: string }).now);
}

async function ask<T>(server: State, path: string, key: string, body: object): Promise<T> {
  const answer = await fetch(server.url + path, {
    method: "POST", body: JSON.stringify(body),
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
