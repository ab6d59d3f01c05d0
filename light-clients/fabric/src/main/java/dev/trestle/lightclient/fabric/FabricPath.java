package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;

/**
 * Names a fact about the state: {@code u8 version = 1 | u64 block | text namespace | text key}.
 *
 * @param block number of a block that the client knows: the state after it is meant
 * @param namespace name of the chaincode
 */
public record FabricPath(long block, String namespace, String key) {
  private static final int MAX_KEY = 700;

  /**
   * @throws DecodeException if it is no path
   */
  public static FabricPath decode(Bytes encoded) {
    return Messages.decode(
        encoded, in -> new FabricPath(in.u64(), in.text(FabricRules.MAX_NAME), in.text(MAX_KEY)));
  }

  public Bytes encode() {
    return Messages.begin().u64(block).text(namespace).text(key).toBytes();
  }
}
