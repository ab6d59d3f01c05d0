/** Claims about logs, accounts and storage of EVM chains, shared by the families that have them. */
@NullMarked
package dev.trestle.lightclient.evm;

import org.jspecify.annotations.NullMarked;
