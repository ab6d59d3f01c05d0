package dev.trestle.lightclient.bitcoin.script;

import java.util.List;

/**
 * How a network writes addresses.
 *
 * @param hrp human-readable part of bech32 addresses
 * @param pubKeyHashVersion Base58Check version byte of P2PKH
 * @param scriptHashVersions Base58Check version bytes of P2SH; the first is the one to write
 */
public record AddressFormat(String hrp, int pubKeyHashVersion, List<Integer> scriptHashVersions) {
  public AddressFormat {
    scriptHashVersions = List.copyOf(scriptHashVersions);
  }
}
