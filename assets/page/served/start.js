import { startPage } from '../page.js'
import { remoteClassifier } from './remote.js'

startPage(remoteClassifier())
