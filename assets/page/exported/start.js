import { startPage } from '../page.js'
import { localClassifier } from './local.js'

startPage(localClassifier())
