/** Checks of what lies beside the code: alerting rules, scripts; and both processes together. */
@NullMarked
package org.plumbline.deploy;

import org.jspecify.annotations.NullMarked;
