import { killSuite } from '../support/kill-suite.ts';

killSuite('errova');
