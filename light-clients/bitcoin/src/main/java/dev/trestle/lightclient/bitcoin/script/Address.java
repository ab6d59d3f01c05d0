package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.math.BigInteger;
import java.util.Optional;

/** Addresses: bech32 and bech32m for witness programs, Base58Check for P2PKH and P2SH. */
public final class Address {
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final BigInteger FIFTY_EIGHT = BigInteger.valueOf(58);
  private static final int BASE58_PAYLOAD = 21;
  private static final int BASE58_CHECKSUM = 4;
  private static final int MAX_BASE58_LENGTH = 35;

  private Address() {}

  /** The address of a standard output script; empty for any other script. */
  public static Optional<String> of(AddressFormat format, Bytes script) {
    return OutputScript.classify(script)
        .map(
            type ->
                switch (type) {
                  case P2PKH -> base58(format.pubKeyHashVersion(), script.slice(3, 23));
                  case P2SH -> base58(format.scriptHashVersion(), script.slice(2, 22));
                  case P2WPKH, P2WSH -> segwit(format, 0, script.slice(2, script.size()));
                  case P2TR -> segwit(format, 1, script.slice(2, script.size()));
                });
  }

  /**
   * The output script that an address stands for. Empty for a wrong checksum, an address of another
   * network, and a witness version that is not in use (0 and 1 are).
   */
  public static Optional<Bytes> decode(AddressFormat format, String address) {
    Optional<Bytes> script = decodeSegwit(format, address);
    return script.isPresent() ? script : decodeBase58(format, address);
  }

  /** The address of a Taproot output (BIP-350). */
  public static String taproot(String hrp, Hash32 outputKey) {
    return Bech32.encode(
        Bech32.Encoding.BECH32M, hrp, Bech32.toGroups(1, outputKey.bytes().toArray()));
  }

  private static String segwit(AddressFormat format, int version, Bytes program) {
    return Bech32.encode(
        version == 0 ? Bech32.Encoding.BECH32 : Bech32.Encoding.BECH32M,
        format.hrp(),
        Bech32.toGroups(version, program.toArray()));
  }

  private static Optional<Bytes> decodeSegwit(AddressFormat format, String address) {
    Optional<Bech32.Decoded> decoded = Bech32.decode(address);
    if (decoded.isEmpty()) {
      return Optional.empty();
    }
    byte[] groups = decoded.get().groups;
    if (!decoded.get().hrp.equals(format.hrp()) || groups.length == 0) {
      return Optional.empty();
    }
    int version = groups[0];
    Bech32.Encoding wanted = version == 0 ? Bech32.Encoding.BECH32 : Bech32.Encoding.BECH32M;
    if (decoded.get().encoding != wanted) {
      return Optional.empty();
    }
    return Bech32.fromGroups(groups, 1)
        .filter(program -> (version == 0 && program.length == 20) || program.length == 32)
        .filter(program -> version <= 1)
        .map(program -> OutputScript.witness(version, Bytes.wrap(program)));
  }

  private static Optional<Bytes> decodeBase58(AddressFormat format, String address) {
    if (address.length() > MAX_BASE58_LENGTH) {
      return Optional.empty();
    }
    BigInteger number = BigInteger.ZERO;
    int zeros = 0;
    for (int i = 0; i < address.length(); i++) {
      int digit = BASE58.indexOf(address.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      if (digit == 0 && number.signum() == 0) {
        zeros++;
      }
      number = number.multiply(FIFTY_EIGHT).add(BigInteger.valueOf(digit));
    }
    int size = (number.bitLength() + 7) / 8;
    if (zeros + size != BASE58_PAYLOAD + BASE58_CHECKSUM) {
      return Optional.empty();
    }
    byte[] magnitude = number.toByteArray();
    byte[] all = new byte[zeros + size];
    System.arraycopy(magnitude, magnitude.length - size, all, zeros, size);
    Bytes decoded = Bytes.wrap(all);
    Bytes payload = decoded.slice(0, BASE58_PAYLOAD);
    if (!decoded.slice(BASE58_PAYLOAD, decoded.size()).equals(checksum(payload))) {
      return Optional.empty();
    }
    int version = payload.at(0);
    Bytes hash = payload.slice(1, BASE58_PAYLOAD);
    if (version == format.pubKeyHashVersion()) {
      return Optional.of(OutputScript.p2pkh(hash));
    }
    return version == format.scriptHashVersion()
        ? Optional.of(OutputScript.p2sh(hash))
        : Optional.empty();
  }

  private static String base58(int version, Bytes hash) {
    Bytes payload = Bytes.concat(Bytes.wrap(new byte[] {(byte) version}), hash);
    Bytes all = Bytes.concat(payload, checksum(payload));
    StringBuilder digits = new StringBuilder();
    BigInteger number = new BigInteger(1, all.toArray());
    while (number.signum() > 0) {
      BigInteger[] parts = number.divideAndRemainder(FIFTY_EIGHT);
      digits.append(BASE58.charAt(parts[1].intValue()));
      number = parts[0];
    }
    for (int i = 0; i < all.size() && all.at(i) == 0; i++) {
      digits.append('1');
    }
    return digits.reverse().toString();
  }

  private static Bytes checksum(Bytes payload) {
    return Digests.sha256d(payload).bytes().slice(0, BASE58_CHECKSUM);
  }
}
