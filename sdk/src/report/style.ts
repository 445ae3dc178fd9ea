/** Colours by their use, for light and dark. */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1b1f24; --muted: #5a626b; --line: #e1e4e8; --panel: #f4f5f6;
  --accent: #3d6b99; --soft: #0072b2; --hard: #c8500a; --sharpness: #4b5563; --sharpness-activation: #a0527f;
  --cell: #f4f5f6; --right: #dbe7f1; --right-ink: #3f5468; --wrong: #f58b45;
  --agree: #14643c; --agree-panel: #e6f4ec; --disagree: #b3201a; --disagree-ink: #ffffff;
  --unproven: #7a4d00; --unproven-panel: #fdf1d9;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e7e9ec; --muted: #a2abb5; --line: #2d333a; --panel: #1d2126;
    --accent: #6fa3d4; --soft: #5bb7ea; --hard: #ff9757; --sharpness: #b4bcc6; --sharpness-activation: #d991b8;
    --cell: #1c2025; --right: #22354a; --right-ink: #b3c6da; --wrong: #b04a12;
    --agree: #7ddba6; --agree-panel: #15291f; --disagree: #c62f28; --disagree-ink: #ffffff;
    --unproven: #f2c46d; --unproven-panel: #2c2413;
  }
}
`;

/**
 * The page's looks. Drawings take their colours from these variables too. Blue and vermilion (Okabe and Ito) tell soft
 * from hard for every kind of colour vision, and dashes do it without colour.
 */
export const STYLE = `${COLOURS}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1120px; margin: 0 auto; padding: 56px 32px 64px; }
h1, h2, p, figure, dl, dd, ol, ul { margin: 0; padding: 0; }
main > * + *, .stack > * + * { margin-top: 64px; }
h1 { font-size: clamp(30px, 4.2vw, 40px); line-height: 1.15; text-wrap: balance; letter-spacing: -0.022em; font-weight: 700; overflow-wrap: anywhere; }
h1 span { display: inline-block; margin-right: 0.16em; }
h2 { font-size: 21px; line-height: 1.25; letter-spacing: -0.01em; font-weight: 650; }
small { font-size: 13px; color: var(--muted); font-weight: 400; }
figcaption p, .lead { color: var(--muted); font-size: 15px; max-width: 74ch; margin-top: 6px; text-wrap: pretty; }
.lead { margin-bottom: 16px; }
.verdict + .lead { margin-top: 24px; }
.lead + .key-figures { margin-top: 0; }
figcaption { margin-bottom: 16px; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 48px 56px; }
.columns > * { min-width: 0; }
@media (min-width: 960px) { .columns.uneven { grid-template-columns: 13fr 8fr; } }
.scroll { overflow-x: auto; }

.eyebrow { color: var(--muted); font-size: 15px; margin-bottom: 12px; overflow-wrap: anywhere; }
.eyebrow span::before { content: '·'; margin-right: 0.35em; }
.verdict { display: flex; gap: 14px; margin-top: 28px; padding: 14px 20px; border-radius: 10px; overflow-wrap: anywhere; }
.verdict strong { font-size: 18px; }
.verdict p { font-size: 15px; }
.verdict .mark { font-size: 22px; line-height: 27px; font-weight: 700; }
.verdict.agree { background: var(--agree-panel); color: var(--agree); }
.verdict.unproven { background: var(--unproven-panel); color: var(--unproven); }
.verdict.disagree { background: var(--disagree); color: var(--disagree-ink); padding: 22px 24px; }
.verdict.disagree strong { font-size: 26px; line-height: 1.2; }
.verdict.disagree .mark { font-size: 30px; line-height: 32px; }
.verdict.disagree p { font-size: 17px; margin-top: 4px; }

.key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 24px; margin-top: 32px; }
.key-figures dt { font-size: 14px; color: var(--muted); }
.key-figures dd { font-size: 24px; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em; }
.key-figures small { display: block; letter-spacing: 0; line-height: 1.35; margin-top: 2px; }

table { border-collapse: collapse; width: 100%; font-size: 15px; }
caption { text-align: left; color: var(--muted); font-size: 14px; padding-bottom: 6px; }
th, td { text-align: left; vertical-align: baseline; padding: 7px 16px 7px 0; border-top: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-size: 14px; border-top: 0; white-space: nowrap; }
.number, .figures td, .epochs th + th, .epochs td { text-align: right; }
.number, .epochs td { white-space: nowrap; }
.figures { align-self: start; }
.figures td { font-weight: 600; overflow-wrap: break-word; }
.figures small { margin-left: 4px; }
h2 + .columns, h2 + .figures { margin-top: 14px; }
.witnesses th[scope=row] { font-weight: 600; overflow-wrap: anywhere; min-width: 130px; }
.witnesses th:first-child { width: 50%; }
.witnesses td:last-child, .witnesses th:last-child { padding-left: 24px; }
.witnesses small { display: block; }
tr.disagree small { color: inherit; }
.witnesses .finding { white-space: nowrap; }
.agree .finding { color: var(--agree); }
.unproven .finding { color: var(--unproven); font-weight: 600; }
tr.disagree > * { background: var(--disagree); color: var(--disagree-ink); font-weight: 600; }
tr.disagree > :first-child { padding-left: 10px; }
tr.disagree > :last-child { padding-right: 10px; }
.epochs { font-size: 14px; margin-top: 8px; }
.epochs th, .epochs td { padding: 4px 12px 4px 0; }
.epochs .best > * { font-weight: 650; }
details { margin-top: 12px; font-size: 15px; }
summary { cursor: pointer; color: var(--muted); }

svg.chart { display: block; width: 100%; max-width: 640px; height: auto; overflow: visible; }
svg.chart text { white-space: pre; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; font-size: 14px; margin-top: 12px; }
.legend li { display: flex; align-items: center; gap: 8px; }
.line { position: relative; width: 28px; border-top: 2px solid; }
.line.hard { color: var(--hard); }
.line.soft { color: var(--soft); border-top-style: dashed; }
.line.sharpness { color: var(--sharpness); }
.line.sharpness-activation { color: var(--sharpness-activation); border-top-style: dotted; }
.dot::after, .ring::after {
  content: ''; position: absolute; left: 10px; top: -5px; width: 8px; height: 8px; border-radius: 50%;
  background: currentColor; border: 1.5px solid currentColor;
}
.ring::after { background: var(--paper); }

.weights {
  display: grid; gap: 8px 7px; justify-content: space-between;
  grid-template-columns: repeat(auto-fill, min(100%, calc(var(--width) / var(--shrink, 1))));
}
.weights i {
  height: calc(var(--height) / var(--shrink, 1));
  background-image: var(--sprite); background-size: calc(100% * var(--across)) calc(100% * var(--down));
  image-rendering: pixelated; outline: 1px solid var(--line);
}
.swatch { display: inline-block; width: 0.8em; height: 0.8em; outline: 1px solid var(--muted); vertical-align: -0.05em; }
.plus { background: #fff; }
.minus { background: #000; }
.weights i, .swatch, .verdict, tr.disagree > * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, 56px); justify-content: space-between; gap: 16px 7px; list-style: none; }
.mistakes li { min-width: 0; }
.mistakes img { display: block; width: 100%; max-height: 96px; object-fit: contain; object-position: left; height: auto; image-rendering: pixelated; }
.mistakes span { display: block; font-size: 14px; margin-top: 4px; color: var(--muted); }
.mistakes b { color: var(--hard); }

.provenance { margin-top: 14px; font-size: 15px; }
.provenance div { display: grid; grid-template-columns: 180px 1fr; gap: 16px; padding: 6px 0; border-top: 1px solid var(--line); }
.provenance dt { color: var(--muted); }
.provenance dd { overflow-wrap: anywhere; }
code { font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }

@media (max-width: 600px) {
  main { padding: 28px 16px 40px; }
  main > * + *, .stack > * + * { margin-top: 44px; }
  .key-figures { grid-template-columns: 1fr 1fr; gap: 18px 16px; }
  .weights { gap: 4px; --shrink: 2; }
  .provenance div { grid-template-columns: 1fr; gap: 0; }
  .witnesses { font-size: 14px; }
  .witnesses th, .witnesses td { padding-right: 10px; white-space: normal; }
  .witnesses td:last-child, .witnesses th:last-child { padding-left: 0; }
  .figures small { display: block; margin: 0; }
}
@media print {
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  main > * + *, .stack > * + * { margin-top: 28px; }
  details { display: none; }
  figure, tr, .verdict, .key-figures { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`;
