package dev.trestle.lightclient.fabric.policy;

import dev.trestle.base.Bytes;

/**
 * {@code protoutil.SignedData}.
 *
 * @param identity encoded {@code msp.SerializedIdentity}
 */
public record SignedData(Bytes data, Bytes identity, Bytes signature) {}
