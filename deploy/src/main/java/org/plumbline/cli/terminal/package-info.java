/** What commands share: tables and JSON, progress, exit codes, errors. Uses client. */
@NullMarked
package org.plumbline.cli.terminal;

import org.jspecify.annotations.NullMarked;
