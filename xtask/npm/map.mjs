// The map libraries as one script: of Leaflet the parts that the app uses, and protomaps-leaflet without the styles and
// archives that we do not. Both stay globals, for that is how the crate `leaflet` finds the one and the glue the other.
import { Map } from "leaflet/src/map/index.js";
import "leaflet/src/control/Control.Attribution.js";
import { Control } from "leaflet/src/control/Control.js";
import { Zoom, zoom } from "leaflet/src/control/Control.Zoom.js";
import * as DomUtil from "leaflet/src/dom/DomUtil.js";
import { LatLng } from "leaflet/src/geo/LatLng.js";
import { LatLngBounds } from "leaflet/src/geo/LatLngBounds.js";
import { Point } from "leaflet/src/geometry/Point.js";
import { Layer } from "leaflet/src/layer/Layer.js";
import { LayerGroup } from "leaflet/src/layer/LayerGroup.js";
import { Popup } from "leaflet/src/layer/Popup.js";
import { Tooltip } from "leaflet/src/layer/Tooltip.js";
import { DivIcon } from "leaflet/src/layer/marker/DivIcon.js";
import { Icon } from "leaflet/src/layer/marker/Icon.js";
import { Marker } from "leaflet/src/layer/marker/Marker.js";
import { GridLayer } from "leaflet/src/layer/tile/GridLayer.js";
import { TileLayer } from "leaflet/src/layer/tile/TileLayer.js";
import { Path } from "leaflet/src/layer/vector/Path.js";
import { Polyline } from "leaflet/src/layer/vector/Polyline.js";
import "leaflet/src/layer/vector/Renderer.getRenderer.js";
import {
  CenteredTextSymbolizer, LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer, exp, leafletLayer,
} from "protomaps-leaflet";

Control.Zoom = Zoom;
window.L = {
  Control, DivIcon, DomUtil, GridLayer, Icon, LatLng, LatLngBounds, Layer, LayerGroup, Map, Marker, Path, Point, Polyline,
  Popup, TileLayer, Tooltip, control: { zoom },
};
window.protomapsL = {
  CenteredTextSymbolizer, LineLabelSymbolizer, LineSymbolizer, PolygonSymbolizer, exp, leafletLayer,
};
