// Before all walks: a house with a day in it. After them its tables must be what has happened there, and nothing of it may be
// left.
import { keep, signInAll, type State } from "./people";
import { until } from "./processes";
import { House } from "./world";

const FACTOR = 30;
const TROUBLES = 6;
const TROUBLE_WITHIN_MS = 300_000;
const PASSWORD = "a long enough phrase";

export default async function setup(): Promise<() => Promise<void>> {
  const { house, state } = await openDay();
  keep("walks", house.folder, state);
  return async () => {
    try {
      house.erase(await attempted(house, state));
      house.checkHistory();
    } finally {
      await house.close();
    }
  };
}

// The references of orders that somebody has tried to deliver.
async function attempted(house: House, { people }: State): Promise<string[]> {
  const cookie = cookieOf(people.dispatcher);
  const page = await (await fetch(`${house.url}/figures?rows=on_time`, { headers: { cookie } })).text();
  return [...new Set(page.match(/\b[A-Z]{3}-\d+\b/g))];
}

function cookieOf(person: State["people"]["dispatcher"]): string {
  return person?.cookies.map(({ name, value }) => `${name}=${value}`).join("; ") ?? "";
}

// A house in which vans drive and something has gone wrong already.
export async function openDay(): Promise<{ house: House; state: State }> {
  const house = await House.demo(FACTOR);
  try {
    const second = house.addPerson("second dispatcher", "dispatcher");
    const spareLink = house.addPerson("newcomer", "agent");
    const leaverLink = house.addPerson("leaver", "dispatcher");
    const account = { name: "walker", password: PASSWORD };
    house.addPerson(account.name, "dispatcher", PASSWORD);
    const people = await signInAll({ ...house.links, "second dispatcher": second });
    await house.begin();
    const cookie = cookieOf(people.dispatcher);
    const waiting = async () => {
      const page = await (await fetch(`${house.url}/exceptions`, { headers: { cookie } })).text();
      return page.split('class="queue-row"').length > TROUBLES;
    };
    if (!(await until(waiting, TROUBLE_WITHIN_MS))) throw new Error("the day brought no exceptions to walk through");
    return { house, state: { url: house.url, people, account, spareLink, leaverLink } };
  } catch (error) {
    await house.close();
    throw error;
  }
}
