package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import java.util.Locale;
import org.bitcoinj.base.Address;
import org.bitcoinj.base.LegacyAddress;
import org.bitcoinj.base.Network;
import org.bitcoinj.base.SegwitAddress;
import org.bitcoinj.script.ScriptBuilder;

/** Addresses of one network and the output scripts that they stand for. */
final class Addresses {
  private static final int PUBLIC_KEY_HASH_SIZE = 20;
  private static final int SCRIPT_HASH_SIZE = 32;

  private final Network network;

  Addresses(UtxoNetwork network) {
    this.network = network.addressNetwork();
  }

  /**
   * The output script.
   *
   * @throws AdapterException INVALID_ADDRESS for another network, a wrong checksum, and witness
   *     versions of which it is not known how they are spent
   */
  Bytes scriptOf(String address) {
    try {
      return Bytes.wrap(ScriptBuilder.createOutputScript(parse(address)).program());
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new AdapterException(
          AdapterError.INVALID_ADDRESS, "not an address of this network: " + e.getMessage(), e);
    }
  }

  private Address parse(String address) {
    String prefix = network.segwitAddressHrp() + "1";
    if (!address.toLowerCase(Locale.ROOT).startsWith(prefix)) {
      return LegacyAddress.fromBase58(address, network);
    }
    SegwitAddress parsed = SegwitAddress.fromBech32(address, network);
    int size = parsed.getWitnessProgram().length;
    boolean known =
        switch (parsed.getWitnessVersion()) {
          case 0 -> size == PUBLIC_KEY_HASH_SIZE || size == SCRIPT_HASH_SIZE;
          case 1 -> size == SCRIPT_HASH_SIZE;
          default -> false;
        };
    if (!known) {
      throw new IllegalArgumentException("unknown witness version or size");
    }
    return parsed;
  }

  /** The address of a segwit output script of version 0. */
  String ofWitnessProgram(Bytes program) {
    return SegwitAddress.fromHash(network, program.toArray()).toBech32();
  }

  /** The address of a P2WSH or P2TR output script. */
  String ofWitnessOutput(Bytes script) {
    byte[] program = script.slice(2, script.size()).toArray();
    int version = script.at(0) == 0 ? 0 : script.at(0) - Opcode.OP_1 + 1;
    return SegwitAddress.fromProgram(network, version, program).toBech32();
  }

  /** P2WPKH (BIP-141). */
  String of(PublicKey key) {
    return ofWitnessProgram(Digests.hash160(key.compressed()));
  }

  /** P2WPKH output script. */
  static Bytes scriptOf(PublicKey key) {
    return Bytes.concat(Bytes.fromHex("0014"), Digests.hash160(key.compressed()));
  }

  /** P2WSH output script of a witness script. */
  static Bytes witnessScriptHash(Bytes witnessScript) {
    return Bytes.concat(Bytes.fromHex("0020"), Digests.sha256(witnessScript).bytes());
  }
}
