import { defineConfig } from 'vite';

// Relative addresses, so that a proxy may serve the page below a path; nothing inline, as the server's
// Content-Security-Policy has it.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2021',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
