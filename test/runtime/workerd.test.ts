import { startWorkerEdge } from './edge.ts';
import { describeEdge } from './edge-suite.ts';

describeEdge('workerd', startWorkerEdge);
