import type { RiskAtCoverage } from '../../evaluation/confidence.js'
import { figure } from '../chart.js'
import { html, scriptData, type Markup } from '../html.js'
import { percent, table } from '../table.js'
import { answerOf } from '../view/record.js'
import type { Sureness, SurenessBin } from '../view/sureness.js'
import { coverageChart, histogramChart, reliabilityChart } from './sureness-charts.js'
import type { RecordPage } from './context.js'
import { rejection, type Rejecting } from './rejection.js'

/** How sure the classifier is, whether that is justified, and what a threshold would do. */
export function surenessSection(view: Sureness, rejecting: Rejecting, page: RecordPage): Markup {
  const { draw } = page
  const filled = view.bins.filter(({ said }) => said !== null)
  return html`<p>
      With every answer comes a probability: how sure the classifier is of it. These three charts show whether that can
      be relied upon, and help to choose from which probability on to believe an answer.
    </p>
    ${figure(
      draw(reliabilityChart(filled)),
      html`<h3>When it says 80 %, is it right 80 % of the time?</h3>
        <p>
          Each dot stands for answers of about the same probability. On the line, the classifier is as often right as it
          says; under the line it is too sure of itself, above it too modest. The bars are ranges: long ones come from
          few photographs. On average, probability and truth are ${percent(view.calibrationError)} apart (expected
          calibration error).
        </p>`,
      binTable(filled),
    )}
    ${figure(
      draw(histogramChart(view.bins)),
      html`<h3>How sure it is when it is right, and when it is wrong</h3>
        <p>
          Above the line right answers, below it wrong ones. The better the two can be told apart by their probability,
          the better a threshold works.
        </p>`,
      binTable(filled),
    )}
    ${figure(
      draw(coverageChart(view.trusted)),
      html`<h3>What is left when only sure answers are believed</h3>
        <p>
          To the right all answers are believed, and as many of them are wrong as the curve says there; further to the
          left the least sure ones are left aside, and fewer of the others are wrong.
        </p>`,
      coverageTable(view.trusted),
    )}
    ${slider(page)} ${rejection(rejecting, page.records)}`
}

function slider({ records, photosOf }: RecordPage): Markup {
  const photo = records.map((_, place) => photosOf([place])[0] ?? null)
  return html`<div class="slider">
      <h3>Choose a threshold</h3>
      <label for="threshold"
        >Believe answers from a probability of <output id="threshold-value" for="threshold"></output> on</label
      >
      <input type="range" id="threshold" min="0" max="100" step="1" value="50" />
      <dl aria-live="polite">
        <dt>Rejected photographs</dt>
        <dd>
          <output id="rejected"></output>
          <button type="button" class="link" id="rejected-photos" data-photos="" data-title="Rejected">
            Show them
          </button>
        </dd>
        <dt>Wrong answers avoided</dt>
        <dd><output id="rejected-wrong"></output></dd>
        <dt>Right answers lost</dt>
        <dd><output id="rejected-right"></output></dd>
        <dt>Right among those believed</dt>
        <dd><output id="kept-right"></output></dd>
      </dl>
    </div>
    ${scriptData(html`id="answers"`, {
      probability: records.map((record) => Math.round(answerOf(record).probability * 1e4) / 1e4),
      right: records.map(({ error }) => Number(error === null)),
      photo,
    })}`
}

function binTable(bins: readonly SurenessBin[]): Markup {
  return table(
    'Answers by probability',
    [
      { title: 'Probability', value: ({ low, high }) => `${percent(low)} to ${percent(high)}` },
      { title: 'Answers', value: ({ right, wrong }) => right + wrong },
      { title: 'Right', value: ({ right }) => right },
      { title: 'Wrong', value: ({ wrong }) => wrong },
      { title: 'Said on average', value: ({ said }) => said, show: ({ said }) => percent(said!) },
      {
        title: 'Were right',
        value: ({ right, wrong }) => right / (right + wrong),
        show: ({ right, wrong, happened }) =>
          `${percent(right / (right + wrong))} (${percent(happened!.low)} to ${percent(happened!.high)})`,
      },
    ],
    bins,
  )
}

/** Some ten points of the curve. */
function coverageTable(points: readonly RiskAtCoverage[]): Markup {
  const step = Math.max(1, Math.floor(points.length / 10))
  return table(
    'What is left at some thresholds',
    [
      { title: 'Threshold', value: ({ threshold }) => threshold, show: ({ threshold }) => percent(threshold) },
      { title: 'Believed', value: ({ coverage }) => coverage, show: ({ coverage }) => percent(coverage) },
      { title: 'Wrong among them', value: ({ risk }) => risk, show: ({ risk }) => percent(risk) },
    ],
    points.filter((_, i) => i % step === 0),
  )
}
