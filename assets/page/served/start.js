import { startPage } from '../page.js'
import { remoteClassifier } from './remote.js'
import { takeToken } from './teach/token.js'
import { teachView } from './teach/teach-view.js'

takeToken()
// The page's own listener comes after this one, and finds the view for teaching.
addEventListener('hashchange', takeToken)
startPage(remoteClassifier(), teachView)
