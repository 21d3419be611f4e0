// Does the map hold its frames with a large fleet? The real control room in a real browser, with one thing replaced: the
// live stream, which here reports every vehicle at a new place once a second. The page decodes, keeps, glides and draws
// them as it would any other day.
//
//   node bench/fleet.mjs URL [--vehicles 2000] [--seconds 10] [--median 17] [--p95 34] [--around 35.9,14.45] [--zooming]
//
// URL is a one-time sign-in link of the running product, as the demo prints them. CHROMIUM names the browser if Playwright
// is not to use its own. With --zooming the vehicles are the server's own, a route is selected, and the map is zoomed in and
// out all the while. Exits with 1 when the gaps between frames, in milliseconds, are longer than asked for.
import { chromium } from "@playwright/test";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vehicles: { type: "string", default: "2000" },
    seconds: { type: "string", default: "10" },
    median: { type: "string", default: "17" },
    p95: { type: "string", default: "34" },
    zooming: { type: "boolean", default: false },
    around: { type: "string", default: "35.9,14.45" },
  },
});
const [url] = positionals;
if (!url) throw new Error("Give the sign-in link of a running demo.");
const [lat, lon] = values.around.split(",").map(Number);
const fleet = { vehicles: Number(values.vehicles), lat, lon };
const seconds = Number(values.seconds);

// Runs in the page before its own scripts.
function replaceStream({ vehicles, lat, lon }) {
  const standings = ["on_time", "on_time", "on_time", "at_risk", "late", "done", "unknown", "on_time"];
  const started = Date.now();
  const marks = (second, now) => Array.from({ length: vehicles }, (_, number) => {
    const heading = (number * 137.5 + second * 9) % 360;
    const turn = (heading * Math.PI) / 180;
    const ring = 0.01 + 0.05 * Math.sqrt(number / vehicles);
    return {
      vehicle: `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
      label: `Van ${number}`,
      lat: lat + ring * Math.sin(number * 2.4) + 0.004 * Math.cos(turn),
      lon: lon + 1.8 * ring * Math.cos(number * 2.4) + 0.005 * Math.sin(turn),
      heading_deg: heading,
      speed_kmh: 30,
      standing: standings[number % standings.length],
      at: now,
    };
  });
  window.EventSource = class extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSED = 2;
    readyState = 1;
    onerror = null;
    #seq = 0;
    #timer = setInterval(() => this.#send(), 1000);
    close() {
      this.readyState = 2;
      clearInterval(this.#timer);
    }
    #send() {
      const now = new Date(started + this.#seq * 1000).toISOString().replace("Z", "+00:00");
      const frame = {
        seq: ++this.#seq, as_of: now, snapshot: this.#seq === 1, vehicles: marks(this.#seq, now), routes: [], counts: null,
        orders: [], exceptions: false, plan: false, build: "bench",
      };
      this.dispatchEvent(new MessageEvent("frame", { data: JSON.stringify(frame) }));
    }
  };
  window.fleetDrawn = false;
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...picture) {
    if (this.canvas instanceof HTMLCanvasElement && this.canvas.classList.contains("map-fleet")) window.fleetDrawn = true;
    return put.apply(this, picture);
  };
}

// Runs in the page: a frame counts when the fleet was drawn in it.
function measure(seconds) {
  return new Promise((resolve) => {
    const gaps = [];
    let frames = 0;
    let drawn = 0;
    let last = performance.now();
    const start = last;
    const tick = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      frames += 1;
      drawn += window.fleetDrawn ? 1 : 0;
      window.fleetDrawn = false;
      if (now - start < seconds * 1000) return requestAnimationFrame(tick);
      gaps.sort((one, other) => one - other);
      const at = (share) => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))];
      const took = (now - start) / 1000;
      return resolve({ fps: frames / took, drawn: drawn / took, p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: gaps.at(-1) });
    };
    requestAnimationFrame(tick);
  });
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const failures = [];
  page.on("pageerror", (error) => failures.push(error.message));
  if (!values.zooming) await page.addInitScript(replaceStream, fleet);
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((now) => !now.pathname.startsWith("/sign-in"));
  await page.goto(new URL("/control-room", url).href);
  await page.locator("canvas.map-fleet").waitFor();
  await page.waitForTimeout(2500);
  if (values.zooming) await page.locator(".route-row", { hasText: /\d\/\d/ }).first().click();
  else await page.getByRole("button", { name: "Fit all" }).click();
  await page.waitForTimeout(2500);
  const measured = page.evaluate(measure, seconds);
  if (values.zooming) {
    const map = await page.locator(".map-frame").boundingBox();
    await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2);
    for (let until = Date.now() + seconds * 1000 - 1000, turn = 0; Date.now() < until; turn += 1) {
      await page.mouse.wheel(0, Math.floor(turn / 3) % 2 ? 240 : -240);
      await page.waitForTimeout(600);
    }
  }
  const { fps, drawn, p50, p95, p99, longest } = await measured;
  const ms = (gap) => gap.toFixed(1);
  const gaps = `gaps ${ms(p50)} ms median, ${ms(p95)} ms 95th, ${ms(p99)} ms 99th, ${ms(longest)} ms longest`;
  const what = values.zooming ? "zooming with a route" : `${fleet.vehicles} vehicles`;
  console.log(`${what}: ${fps.toFixed(1)} frames/s, ${drawn.toFixed(1)} of them drew the fleet; ${gaps}`);
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length || p50 > Number(values.median) || p95 > Number(values.p95) ? 1 : 0;
} finally {
  await browser.close();
}
