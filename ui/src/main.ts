import { mount } from "svelte";

import App from "./App.svelte";
import { bridge, known } from "./bridge";
import "./styles/tokens.css";
import "./styles/base.css";

if (known.font !== null) document.documentElement.style.setProperty("--desktop-font", CSS.escape(known.font));
const target = document.getElementById("app");
if (target !== null) mount(App, { target, props: { bridge } });
