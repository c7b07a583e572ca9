/** gRPC services: messages to domain and back, error codes to statuses. Uses job and proto. */
@NullMarked
package org.plumbline.worker.request;

import org.jspecify.annotations.NullMarked;
