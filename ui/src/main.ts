// Puts the page on the backend.
import { mount } from "svelte";

import App from "./App.svelte";
import { bridge } from "./bridge";
import "./styles/tokens.css";
import "./styles/base.css";

const target = document.getElementById("app");
if (target !== null) mount(App, { target, props: { bridge } });
