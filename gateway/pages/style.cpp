// The style sheet of the pages. Colours are pairs that stand 4.5 to 1 or more against each other in
// light and in dark; in forced colours the reader's own are used. Nothing is said by colour alone.
#include "document.h"

namespace linkway::pages {

std::string_view style_sheet() {
    return R"css(
:root {
  --page: #f2f5f7; --card: #ffffff; --ink: #17242f; --soft: #4b5b68; --line: #c6d0d8;
  --bar: #10395a; --on-bar: #ffffff; --link: #0d5a94; --plot: #0d5a94;
  --ask: #fff7e3; --ask-edge: #a86100; --calm: #e9f1f7; --calm-edge: #0d5a94; --focus: #ffc233;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e151b; --card: #172129; --ink: #e7eef4; --soft: #abbac7; --line: #3a4a57;
    --bar: #0a2740; --on-bar: #f2f7fb; --link: #8ec8f5; --plot: #8ec8f5;
    --ask: #2f2611; --ask-edge: #e2a544; --calm: #152a3a; --calm-edge: #8ec8f5; --focus: #ffc233;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.25; margin: 0 0 .5rem; font-weight: 600; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.0625rem; margin-top: 1.75rem; }
h4 { font-size: 1rem; margin-top: 1.25rem; }
p, ul, ol, dl, dd, figure, table { margin: 0; padding: 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 0; box-shadow: 0 0 0 6px #17242f; border-radius: 2px; }
.skip { position: absolute; left: -999rem; padding: .75rem 1rem; background: var(--card); color: var(--ink); }
.skip:focus { left: .5rem; top: .5rem; z-index: 1; }
.bar { background: var(--bar); color: var(--on-bar); padding: .5rem max(1rem, calc(50% - 31rem)); font-size: .9375rem;
  display: flex; flex-wrap: wrap; gap: .125rem 2rem; justify-content: space-between; }
.bar p:first-child { font-weight: 600; }
.patient { background: var(--card); border-bottom: 1px solid var(--line); padding: .875rem max(1rem, calc(50% - 31rem)); }
.patient h1 { margin: 0; }
.patient dl { display: flex; flex-wrap: wrap; gap: .125rem 2rem; margin-top: .25rem; }
.patient dl div { display: flex; gap: .5rem; }
.patient dt { color: var(--soft); }
.now { margin-top: .375rem; }
.patient dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.died { font-weight: 600; border-left: 4px solid var(--ink); padding-left: .5rem; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 1.25rem; margin-bottom: 1rem; }
.ask { background: var(--ask); border-color: var(--ask-edge); border-left-width: 6px; }
.calm { border-left: 6px solid var(--calm-edge); }
.list { list-style: none; }
.list > li { padding: .75rem 0; border-top: 1px solid var(--line); }
.list > li:first-child { border-top: 0; padding-top: .25rem; }
.list > li:last-child { padding-bottom: 0; }
.what { font-weight: 600; }
.who, .times, .note { color: var(--soft); font-size: .9375rem; }
.text { white-space: pre-line; max-width: 46rem; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 .375rem; font-size: .8125rem;
  font-weight: 600; line-height: 1.375rem; margin-right: .375rem; white-space: nowrap; color: var(--soft); }
.tag.due { color: var(--ink); border-width: 2px; }
.standing { font-size: 1.125rem; font-weight: 600; }
.silence { margin-top: .5rem; padding-left: .625rem; border-left: 4px solid var(--ask-edge); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: .75rem 1.5rem; margin-top: 1rem; }
.facts dt { color: var(--soft); font-size: .875rem; }
.people { list-style: none; }
.timeline { list-style: none; border-left: 2px solid var(--line); margin-left: .4375rem; }
.timeline > li { position: relative; padding: 0 0 1.25rem 1.375rem; }
.timeline > li:last-child { padding-bottom: 0; }
.timeline > li::before { content: ""; position: absolute; left: -.4375rem; top: .4375rem; width: .75rem; height: .75rem;
  border-radius: 50%; border: 2px solid var(--plot); background: var(--card); }
.timeline > li.record::before { border-radius: 0; background: var(--plot); }
.dated > li { display: grid; gap: 0 1rem; }
time { white-space: nowrap; }
.when { color: var(--soft); font-size: .9375rem; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: 1rem; margin-top: .75rem; }
.charts figure { border: 1px solid var(--line); border-radius: 4px; padding: .875rem; }
figcaption { font-weight: 600; }
svg { display: block; width: 100%; max-width: 26rem; height: auto; margin: .25rem 0; }
.axis { stroke: var(--line); stroke-width: 1; }
.plot { fill: none; stroke: var(--plot); stroke-width: 2.5; stroke-linejoin: round; }
.dot { fill: var(--card); stroke: var(--plot); stroke-width: 2.5; }
svg text { fill: var(--ink); font-size: 13px; }
svg .scale { text-anchor: end; fill: var(--soft); }
svg .score { text-anchor: middle; font-weight: 600; }
svg .first, svg .last { fill: var(--soft); font-size: 12px; }
svg .last { text-anchor: end; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .125rem; }
th, td { text-align: left; padding: .25rem .5rem .25rem 0; border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: normal; }
thead th { color: var(--soft); font-size: .875rem; border-top: 0; }
td:last-child, thead th:last-child { text-align: right; padding-right: 0; }
details { border-top: 1px solid var(--line); }
details:first-of-type { border-top: 0; }
summary { padding: .625rem 0; min-height: 2.75rem; cursor: pointer; color: var(--link); }
summary h3, summary h4 { display: inline; margin: 0; font-size: 1rem; }
summary span { color: var(--soft); }
details[open] > summary { margin-bottom: .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.foot { color: var(--soft); font-size: .9375rem; padding: 0 1rem 2rem; max-width: 64rem; margin: 0 auto; }
.notice { max-width: 40rem; padding-top: 3rem; }
.notice p { margin-bottom: .75rem; }
@media (min-width: 48rem) {
  .timeline > li { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0 1rem; }
  .dated > li { grid-template-columns: 9.5rem 1fr; }
}
@media (max-width: 30rem) { .card { padding: 1rem .875rem; } main { padding: .625rem; } }
@media (forced-colors: active) {
  :root { --page: Canvas; --card: Canvas; --ink: CanvasText; --soft: CanvasText; --line: CanvasText; --link: LinkText;
    --plot: CanvasText; --bar: Canvas; --on-bar: CanvasText; --focus: Highlight; }
  .bar { border-bottom: 1px solid CanvasText; }
  svg { forced-color-adjust: none; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #999; --bar: #fff; --on-bar: #000; --link: #000;
    --plot: #000; --ask: #fff; --ask-edge: #000; --calm: #fff; --calm-edge: #000; }
  html { font-size: 10.5pt; }
  .skip { display: none; }
  .bar { border-bottom: 1px solid #000; }
  .card { border: 0; border-top: 1px solid #999; border-radius: 0; padding: .75rem 0; margin: 0; }
  .ask, .calm { border: 1px solid #000; padding: .75rem; margin-bottom: .75rem; }
  .timeline > li, .charts figure, .list > li, table { break-inside: avoid; }
  h2, h3, h4, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; }
  summary { list-style: none; min-height: 0; }
}
)css";
}

}  // namespace linkway::pages
