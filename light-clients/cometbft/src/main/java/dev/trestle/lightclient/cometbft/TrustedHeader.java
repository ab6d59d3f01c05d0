package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import java.time.Instant;

/**
 * What of a verified header is needed to verify another.
 *
 * @param nextValidatorsHash of the validators of the next height
 */
public record TrustedHeader(String chainId, long height, Instant time, Bytes nextValidatorsHash) {
  public static TrustedHeader of(Header header) {
    return new TrustedHeader(
        header.chainId(), header.height(), header.time(), header.nextValidatorsHash());
  }
}
