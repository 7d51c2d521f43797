// Nothing in → how the page looks, on a screen of any width, light or dark, and on paper, out.

export const STYLE = `
:root{color-scheme:light dark;--ground:#f5f6f8;--card:#fff;--ink:#1b2230;--quiet:#5a6475;--line:#e0e4ea;
--use:#2f6fde;--track:#eceff4;--warn:#a63d00;--warn-ground:#fdeee3;--wide:#7a5400;--wide-ground:#fdf3d3;
--deny:#b3203a;--deny-ground:#fde9ec;--good:#14693f;--good-ground:#e4f5ec;--code:#26304a}
@media (prefers-color-scheme:dark){:root{--ground:#12151b;--card:#1b2029;--ink:#e7eaf0;--quiet:#a0a9b8;
--line:#2f3644;--use:#6ea3ff;--track:#2a313d;--warn:#ffb27a;--warn-ground:#41240f;--wide:#f0cd6a;--wide-ground:#3a2f0d;
--deny:#ff8c9c;--deny-ground:#451820;--good:#76d9a6;--good-ground:#133524;--code:#d5dcf0}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main,body>footer{max-width:68rem;margin:0 auto;padding:2rem 1.25rem}
body>footer{padding-top:0;color:var(--quiet);font-size:.875rem}
h1{margin:0;font-size:1.75rem;letter-spacing:-.02em;line-height:1.2}
h2{margin:0;font-size:1.2rem;overflow-wrap:anywhere;line-height:1.3}
h3{margin:1.75rem 0 .5rem;font-size:1rem}
h4{margin:0 0 .35rem;font-size:.8rem;font-weight:600;color:var(--quiet);text-transform:uppercase;letter-spacing:.04em}
p{margin:.35rem 0}
code{white-space:pre-wrap;unicode-bidi:isolate;font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--code);overflow-wrap:anywhere}
.quiet{color:var(--quiet);font-size:.875rem}
.slash{color:var(--quiet);font-weight:400}
.lead{font-size:1.1rem;max-width:46rem;margin:1rem 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.5rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-top:4px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}
.tiles b{display:block;font-size:1.9rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles .warn{border-top-color:var(--warn)}.tiles .warn b{color:var(--warn)}
.tiles .wide{border-top-color:var(--wide)}.tiles .wide b{color:var(--wide)}
.tiles .deny{border-top-color:var(--deny)}.tiles .deny b{color:var(--deny)}
.tiles .good{border-top-color:var(--good)}.tiles .good b{color:var(--good)}
.tiles .use{border-top-color:var(--use)}
.note{background:var(--wide-ground);color:var(--wide);border-radius:.5rem;padding:.6rem .9rem;font-size:.925rem}
.fine-note{color:var(--good);margin-top:1rem}
nav ol{margin:0;padding:0;list-style:none}
nav li{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;padding:.45rem 0;border-top:1px solid var(--line)}
nav li:first-child{border-top:0}
nav li a{flex:1 1 16rem;overflow-wrap:anywhere}
a{color:var(--use)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem 1.5rem;margin:1.25rem 0}
.card>header{display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:baseline}
.facts{display:flex;flex-wrap:wrap;gap:0 .6rem;color:var(--quiet);font-size:.925rem}
.facts span+span::before{content:"·";margin-right:.6rem}
.tag{display:inline-block;font-size:.75rem;font-weight:600;line-height:1.3;padding:.12rem .5rem;border-radius:1rem;white-space:nowrap}
.tag.warn{color:var(--warn);background:var(--warn-ground)}.tag.wide{color:var(--wide);background:var(--wide-ground)}
.tag.deny{color:var(--deny);background:var(--deny-ground)}.tag.good{color:var(--good);background:var(--good-ground)}
.tag.app{color:var(--quiet);background:var(--track);white-space:normal;overflow-wrap:anywhere}
.change{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.change>div{min-width:0}
.list{margin:0;padding:.6rem .75rem;list-style:none;background:var(--ground);border-radius:.5rem}
.list li{padding:.1rem .4rem .1rem 1.6rem;position:relative;border-radius:.25rem;overflow-wrap:anywhere}
.list li::before{content:attr(data-mark);position:absolute;left:.45rem;font-weight:700;font-family:ui-monospace,monospace}
.list .gone,.list .gone code{color:var(--warn)}.change .list .gone code{text-decoration:line-through}
.list .new{background:var(--good-ground)}.list .new,.list .new code{color:var(--good)}
.nothing{margin:0;padding:.6rem .75rem;background:var(--ground);border-radius:.5rem;color:var(--quiet)}
table{width:100%;border-collapse:collapse}
thead th{font-size:.8rem;font-weight:600;color:var(--quiet);text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
tbody th,tbody td{padding:.5rem .75rem .5rem 0;vertical-align:top;text-align:left;font-weight:400;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
tbody th>code{margin-right:.5rem}
tbody th>.quiet{display:block}
tbody th>code+code::before{content:"or ";font-family:system-ui,sans-serif;color:var(--quiet)}

.bar-cell .bar{display:flex;flex:1 1 6rem;height:.7rem;background:var(--track);border-radius:.35rem;overflow:hidden}
.bar-cell{width:30%}.bar-cell>div{display:flex;flex-wrap:wrap;align-items:center;gap:0 .6rem}.bar-cell .figure{flex:0 0 auto;min-width:3rem;text-align:right}
.bar span{background:var(--use)}.bar .refused{background:var(--deny)}
.unused .bar,.partly_unused .bar{background:var(--warn-ground);box-shadow:inset 0 0 0 1px var(--warn)}
.wildcard .bar span{background:var(--wide)}
.figure{font-variant-numeric:tabular-nums;font-size:.925rem}.unused .figure{color:var(--warn);font-weight:600}
.denied .figure{color:var(--deny);font-weight:700;font-size:1.1rem}
.route .figure{min-width:9rem}h3+.list+table{margin-top:1rem}
.minus{color:var(--deny)}
.when{white-space:nowrap;color:var(--quiet);font-size:.875rem;width:10.5rem}
.chart{width:16rem}.chart .quiet{display:block;font-size:.8rem}
.timeline{display:block;width:100%;height:2.25rem}.timeline rect{fill:var(--deny)}.timeline line{stroke:var(--line)}
details summary{cursor:pointer;color:var(--quiet);font-size:.875rem}
.plain{margin:.25rem 0 0;padding-left:1.1rem;font-size:.925rem}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;user-select:none}
@media (max-width:40rem){main{padding:1.25rem .75rem}.card{padding:1rem}.change{grid-template-columns:1fr}
.tiles{grid-template-columns:1fr 1fr}.tiles li:first-child{grid-column:1/-1}
nav li a{flex-basis:100%}tbody .bar-cell,tbody .chart{width:auto}.rows .bar-cell .figure{min-width:2.5rem}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,tbody th,tbody td{display:block;width:auto}
tbody tr{padding:.5rem 0;border-bottom:1px solid var(--line)}tbody tr:last-child{border-bottom:0}
tbody th,tbody td{border:0;padding:.15rem 0}
.when::before,td[data-label="Refused"]::before{content:attr(data-label) ": ";color:var(--quiet);font-size:.875rem;font-weight:400}}
@media print{:root{color-scheme:light;--ground:#fff;--card:#fff;--ink:#000;--quiet:#444;--line:#bbb;--use:#2f6fde;--track:#eee;
--warn:#a63d00;--warn-ground:#fdeee3;--wide:#7a5400;--wide-ground:#fdf3d3;--deny:#b3203a;--deny-ground:#fde9ec;--good:#14693f;--good-ground:#e4f5ec;--code:#000}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}tr,.tiles li,.list li{break-inside:avoid}h2,h3{break-after:avoid}}
`;
