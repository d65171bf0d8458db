// Opens the page on a fake bridge and finds its elements by `data-testid`.
import { fireEvent, render, screen } from "@testing-library/svelte";

import App from "../src/App.svelte";
import type { View } from "../src/generated/View";
import { fake, type Fake } from "./fake";

export const part = (id: string): HTMLElement => screen.getByTestId(id);
export const parts = (id: string): HTMLElement[] => screen.queryAllByTestId(id);
export const none = (id: string): boolean => screen.queryByTestId(id) === null;
export const appears = (id: string): Promise<HTMLElement> => screen.findByTestId(id);
export const click = (id: string): Promise<unknown> => fireEvent.click(part(id));
export const clickFirst = (id: string): Promise<unknown> => fireEvent.click(parts(id)[0] as HTMLElement);
export const type = (id: string, value: string): Promise<unknown> => fireEvent.input(part(id), { target: { value } });
export const valueOf = (id: string): string => (part(id) as HTMLInputElement).value;
export const words = (element: Element | null): string => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
export const called = (bridge: Fake, command: string): unknown[][] =>
  bridge.calls.filter(([name]) => name === command).map(([, ...args]) => args);

/** A command that fails with this code. */
export const refuse = (code: string) => (): Promise<never> => Promise.reject({ code, message: `the words of ${code}` });

/** A key that cannot be mistaken for a real one. */
export const testKey = "sk-cp-test-0000";

export async function open(view: View, prepare: (bridge: Fake) => void = () => undefined): Promise<Fake> {
  const bridge = fake(view);
  prepare(bridge);
  render(App, { props: { bridge } });
  await screen.findByRole("heading", { level: 1 });
  return bridge;
}
