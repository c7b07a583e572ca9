/** What a model is worth on the test rows: groups, worst group, TCAV. Uses correction. */
@NullMarked
package org.plumbline.worker.evaluation;

import org.jspecify.annotations.NullMarked;
