/** A family that exists only to see that the contract catches what it should. */
@NullMarked
package dev.trestle.lightclient.contract.toy;

import org.jspecify.annotations.NullMarked;
