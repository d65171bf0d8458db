// Read by the editor, svelte-check and eslint; the page is runes only.
export default { compilerOptions: { runes: true } };
