// Before all pictures: a house with a day in it, one before its first plan, one in which nothing has been set up, and one
// that has lost its database.
import { keep, signInAll, type State } from "../house/people";
import { openDay, standStill } from "../house/setup";
import { House } from "../house/world";

export default async function setup(): Promise<() => Promise<void>> {
  const houses: House[] = [];
  const close = async () => {
    for (const house of houses) await house.close();
  };
  const open = async (house: House): Promise<State> => {
    houses.push(house);
    const people = await signInAll(house.links);
    return { url: house.url, people, account: { name: "", password: "" }, spareLink: "", leaverLink: "", adminKey: "", standStill: "" };
  };
  try {
    const unused = await House.unused();
    keep("unused", unused.folder, await open(unused));
    const dawn = await House.demo(1);
    await dawn.setUp();
    keep("dawn", dawn.folder, await open(dawn));
    if (!process.env.DATABASE_URL) {
      const broken = await House.unused();
      keep("broken", broken.folder, await open(broken));
      await broken.loseDatabase();
    }
    const day = await openDay();
    houses.push(day.house);
    await standStill(day.house, day.state);
    keep("day", day.house.folder, day.state);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}
