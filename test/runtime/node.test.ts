import { startNodeEdge } from './edge.ts';
import { describeEdge } from './edge-suite.ts';

describeEdge('Node', startNodeEdge);
