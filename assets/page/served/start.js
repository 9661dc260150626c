import { startPage } from '../page.js'
import { remoteClassifier } from './remote.js'
import { takeToken } from './teach/token.js'
import { teachView } from './teach/teach-view.js'

takeToken()
startPage(remoteClassifier(), teachView)
