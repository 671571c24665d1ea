export {
  type FastifyLikeReply,
  type FastifyLikeRequest,
  type ListenerOptions,
  type NodeRequest,
  toFastifyHandler,
  toNodeListener,
} from './listener.js';
