// What the map needs of JavaScript itself: subclassing Leaflet's layer, drawing the vector tiles with protomaps-leaflet, and
// colours as the style sheet has resolved them. Everything else is in Rust. The globals L and protomapsL come from classic
// scripts and are looked up when they are used, never while this module loads.

// The map's libraries, which come once the page stands: calls back when they are there. Where they do not come they are asked
// for again.
export function whenLibrariesAreHere(then) {
  libraries ??= load();
  libraries.then(then);
}

let libraries;

const load = () =>
  bring("link", { rel: "stylesheet", href: beside("leaflet.css") })
    .then(() => bring("script", { src: beside("map.js") }))
    .catch(() => aMoment().then(load));

const aMoment = () => new Promise((later) => setTimeout(later, 3000));

// This file lies five folders below what is built with it.
const beside = (file) => new URL(`../../../../../${file}`, import.meta.url).href;

// What we say of looks comes after what others do.
function bring(tag, wants) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), wants, { onload: resolve });
    element.onerror = () => {
      element.remove();
      reject();
    };
    document.head.querySelector("link[rel=stylesheet]").before(element);
  });
}

// One canvas over the whole map, kept in place while the map is dragged and scaled along while it zooms.
// `moved` is called whenever the canvas shows another part of the world and must be painted anew.
export function fleetLayer(moved) {
  const FleetLayer = L.Layer.extend({
    onAdd(map) {
      const pane = map.getPane("fleet") ?? map.createPane("fleet");
      this.sheet = L.DomUtil.create("div", "leaflet-zoom-animated", pane);
      this.sheet.setAttribute("aria-hidden", "true");
      this.canvas = L.DomUtil.create("canvas", "map-fleet", this.sheet);
      this.context = this.canvas.getContext("2d", { willReadFrequently: true });
      this.names = L.DomUtil.create("canvas", "map-names", this.sheet).getContext("2d");
      this.gliding = false;
      this.unwatch = watchTheme(() => (this.pen = undefined));
      this.sizes = new ResizeObserver(() => map.invalidateSize({ pan: false }));
      this.sizes.observe(map.getContainer());
      this.settle();
    },
    onRemove() {
      this.sizes.disconnect();
      this.unwatch();
      this.sheet.remove();
    },
    getEvents() {
      return { move: this.settle, moveend: this.land, resize: this.settle, viewreset: this.settle, zoomanim: this.glide };
    },
    settle() {
      if (this.gliding) return;
      L.DomUtil.setPosition(this.sheet, this._map.containerPointToLayerPoint([0, 0]));
      moved();
    },
    glide({ center, zoom }) {
      this.gliding = true;
      const corner = this._map.containerPointToLatLng([0, 0]);
      const place = this._map._latLngToNewLayerPoint(corner, zoom, center);
      L.DomUtil.setTransform(this.sheet, place, this._map.getZoomScale(zoom));
    },
    land() {
      this.gliding = false;
      this.settle();
    },
    paint(pixels, width, ratio, places) {
      if (!pixels.length) return;
      const height = pixels.length / 4 / width;
      if (this.canvas.width !== width || this.canvas.height !== height) {
        Object.assign(this.canvas, { width, height });
        Object.assign(this.canvas.style, { width: `${width / ratio}px`, height: `${height / ratio}px` });
      }
      const picture = new ImageData(pixels, width, height);
      if (!places.length) this.context.putImageData(picture, 0, 0);
      for (let at = 0; at < places.length; at += 4) this.context.putImageData(picture, 0, 0, ...places.subarray(at, at + 4));
    },
    write(texts, places, ratio) {
      const { canvas } = this.names;
      if (canvas.width !== this.canvas.width || canvas.height !== this.canvas.height) {
        Object.assign(canvas, { width: this.canvas.width, height: this.canvas.height });
        Object.assign(canvas.style, { width: this.canvas.style.width, height: this.canvas.style.height });
      }
      this.names.clearRect(0, 0, canvas.width, canvas.height);
      if (!texts.length) return;
      const frame = this._map.getContainer();
      // Asking for styles is dear and the same until the theme changes.
      this.pen ??= {
        family: getComputedStyle(frame).fontFamily, strokeStyle: resolved(frame, "--map-halo"), fillStyle: resolved(frame, "--ink"),
      };
      const { family, ...colours } = this.pen;
      Object.assign(this.names, colours, {
        font: `600 ${11 * ratio}px ${family}`, textBaseline: "middle", lineJoin: "round", lineWidth: 3 * ratio,
      });
      texts.forEach((text, at) => {
        this.names.strokeText(text, places[2 * at], places[2 * at + 1]);
        this.names.fillText(text, places[2 * at], places[2 * at + 1]);
      });
    },
  });
  return new FleetLayer();
}

// The view that the page's address holds: zoom, latitude, longitude, or nothing.
export function viewInAddress() {
  const kept = (new URL(location.href).searchParams.get("view") ?? "").split("_").map(Number);
  return kept.length === 3 && kept.every(Number.isFinite) && Math.abs(kept[1]) < 86 ? kept : [];
}

export function routeInAddress() {
  return new URL(location.href).searchParams.has("route");
}

export function keepViewInAddress(zoom, lat, lon) {
  const url = new URL(location.href);
  url.searchParams.set("view", `${+zoom.toFixed(2)}_${lat.toFixed(5)}_${lon.toFixed(5)}`);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

// Our vector tiles, or nothing when the painter's script is missing: the ground then stays plain.
export function vectorTiles(url, maxDataZoom, bounds, element) {
  if (typeof protomapsL === "undefined") return undefined;
  const source = {
    async getZxy(z, x, y, signal) {
      for (;;) {
        try {
          const answer = await fetch(url.replace("{z}", z).replace("{x}", x).replace("{y}", y), { signal });
          return answer.status === 200 ? { data: await answer.arrayBuffer() } : undefined;
        } catch (fault) {
          // Without a network a tile comes once there is one again; nobody waits for one that is no longer wanted.
          if (!(fault instanceof TypeError)) throw fault;
          await aMoment();
        }
      }
    },
  };
  const layer = protomapsL.leafletLayer({
    url: source, maxDataZoom, bounds, attribution: "", noWrap: true, lang: document.documentElement.lang, ...rules(element),
    devicePixelRatio: Math.min(window.devicePixelRatio, 2), updateWhenZooming: false,
  });
  layer.restyle = () => {
    Object.assign(layer, rules(element));
    layer.clearLayout();
    layer.rerenderTiles();
  };
  return layer;
}

// The colours of these custom properties as red, green, blue, one after the other.
export function colours(element, names) {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  return Uint8Array.from(names.flatMap((name) => {
    context.fillStyle = "#808080";
    context.fillStyle = resolved(element, name);
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  }));
}

// Calls back whenever the theme changes, by the person or by the system, until the returned function is called.
export function watchTheme(changed) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const person = new MutationObserver(() => changed());
  person.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", changed);
  return () => {
    person.disconnect();
    system.removeEventListener("change", changed);
  };
}

// Only a used colour is resolved all the way (variables, mixtures, light or dark), so a probe has to wear it.
function resolved(element, name) {
  const probe = element.appendChild(document.createElement("span"));
  probe.style.color = `var(${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function rules(element) {
  const { PolygonSymbolizer, LineSymbolizer, CenteredTextSymbolizer, LineLabelSymbolizer, exp } = protomapsL;
  const tone = Object.fromEntries(
    ["sea", "land", "built", "green", "building", "road", "road-edge", "path", "name", "halo"]
      .map((name) => [name, resolved(element, `--map-${name}`)]),
  );
  const kind = (...kinds) => (_, feature) => kinds.includes(feature.props.kind);
  const area = (dataLayer, fill, more) => ({ dataLayer, symbolizer: new PolygonSymbolizer({ fill }), ...more });
  const road = (kinds, color, widths, more) => ({
    dataLayer: "roads", filter: kind(...kinds), ...more,
    symbolizer: new LineSymbolizer({ color, width: exp(1.6, widths), lineCap: "round", lineJoin: "round", ...more?.line }),
  });
  const text = { fill: tone.name, stroke: tone.halo, width: 3 };
  const family = getComputedStyle(element).fontFamily;
  const places = (size, weight, more) => ({
    dataLayer: "places", ...more,
    symbolizer: new CenteredTextSymbolizer({ ...text, font: `${weight} ${size}px ${family}`, lineHeight: 1.2 }),
    sort: (a, b) => (b.population_rank ?? 0) - (a.population_rank ?? 0),
  });
  const streets = (kinds, minzoom) => ({
    dataLayer: "roads", filter: kind(...kinds), minzoom,
    symbolizer: new LineLabelSymbolizer({ ...text, font: `400 11px ${family}`, position: 2 }),
  });
  const detail = (...details) => (_, feature) => details.includes(feature.props.kind_detail);
  const isArea = (_, feature) => feature.geomType === 3;

  return {
    backgroundColor: tone.sea,
    paintRules: [
      area("earth", tone.land),
      area("landuse", tone.built, { filter: kind("residential", "industrial", "commercial", "brownfield", "quarry", "military") }),
      area("landuse", tone.green, {
        filter: kind("park", "garden", "golf_course", "nature_reserve", "pitch", "playground", "wood", "scrub", "grassland",
          "wetland", "forest", "grass", "cemetery"),
      }),
      area("water", tone.sea, { filter: isArea }),
      {
        dataLayer: "water", filter: (z, feature) => !isArea(z, feature), minzoom: 12,
        symbolizer: new LineSymbolizer({ color: tone.sea, width: exp(1.5, [[12, 1], [17, 4]]) }),
      },
      area("buildings", tone.building, { minzoom: 15 }),
      road(["ferry"], tone["road-edge"], [[9, 1], [16, 1.5]], { line: { dash: [4, 6] } }),
      road(["path"], tone.path, [[14, 0.6], [18, 2.5]], { minzoom: 15 }),
      road(["minor_road"], tone["road-edge"], [[12, 0.6], [14, 2.4], [18, 15]], { minzoom: 12 }),
      road(["major_road"], tone["road-edge"], [[9, 1], [13, 4], [18, 20]]),
      road(["highway"], tone["road-edge"], [[8, 1.4], [13, 5.5], [18, 24]]),
      road(["minor_road"], tone.road, [[13, 0.8], [14, 1.4], [18, 13]], { minzoom: 13 }),
      road(["major_road"], tone.road, [[11, 0.6], [13, 2.8], [18, 18]], { minzoom: 11 }),
      road(["highway"], tone.road, [[10, 0.8], [13, 4], [18, 22]], { minzoom: 10 }),
    ],
    labelRules: [
      places(11, 600, { filter: detail("city"), maxzoom: 15 }),
      places(11, 400, { filter: detail("town"), minzoom: 10, maxzoom: 15 }),
      places(11, 400, { filter: detail("village", "island"), minzoom: 12, maxzoom: 16 }),
      places(11, 400, { filter: detail("suburb", "hamlet", "quarter", "neighbourhood"), minzoom: 14 }),
      streets(["highway", "major_road"], 14),
      streets(["minor_road"], 16),
    ],
  };
}
