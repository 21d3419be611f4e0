// Stands in for what protomaps-leaflet imports and our maps never use: ready-made styles and tile archives.
export const namedFlavor = undefined;
export const PMTiles = undefined;
