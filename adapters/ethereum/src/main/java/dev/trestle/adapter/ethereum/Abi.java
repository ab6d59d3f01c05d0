package dev.trestle.adapter.ethereum;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint64;

/** Our types in Solidity's ABI. */
final class Abi {
  private static final int WORD = 32;

  private Abi() {}

  /** Selector and arguments. */
  static Bytes call(String function, Type<?>... arguments) {
    return Bytes.fromHex(
        FunctionEncoder.encode(new Function(function, List.of(arguments), List.of())));
  }

  /** Arguments of a constructor, to stand behind the creation code. */
  @SuppressWarnings("rawtypes") // web3j's signature
  static Bytes arguments(Type<?>... arguments) {
    List<Type> list = List.of(arguments);
    return Bytes.fromHex(FunctionEncoder.encodeConstructor(list));
  }

  static Bytes32 word(Hash32 value) {
    return new Bytes32(value.toArray());
  }

  static Uint256 uint256(Amount value) {
    return new Uint256(value.value());
  }

  static Uint64 uint64(long value) {
    return new Uint64(BigInteger.valueOf(value));
  }

  static Address address(EvmAddress value) {
    return new Address(value.toString());
  }

  static DynamicBytes bytes(Bytes value) {
    return new DynamicBytes(value.toArray());
  }

  static DynamicArray<Address> addresses(List<EvmAddress> values) {
    return new DynamicArray<>(Address.class, values.stream().map(Abi::address).toList());
  }

  static DynamicArray<Bytes32> words(List<Hash32> values) {
    return new DynamicArray<>(Bytes32.class, values.stream().map(Abi::word).toList());
  }

  static DynamicArray<Uint256> integers(List<BigInteger> values) {
    return new DynamicArray<>(Uint256.class, values.stream().map(Uint256::new).toList());
  }

  /** Word {@code index} of what a call returned. */
  static Hash32 wordAt(Bytes returned, int index) {
    if (returned.size() < WORD * (index + 1)) {
      throw Json.malformed("a call returned " + returned.size() + " bytes");
    }
    return new Hash32(returned.slice(WORD * index, WORD * (index + 1)));
  }

  static BigInteger integerAt(Bytes returned, int index) {
    return new BigInteger(1, wordAt(returned, index).toArray());
  }

  static EvmAddress addressAt(Bytes returned, int index) {
    Bytes word = wordAt(returned, index).bytes();
    if (!word.slice(0, 12).equals(Bytes.wrap(new byte[12]))) {
      throw Json.malformed("not an address");
    }
    return new EvmAddress(word.slice(12, WORD));
  }
}
