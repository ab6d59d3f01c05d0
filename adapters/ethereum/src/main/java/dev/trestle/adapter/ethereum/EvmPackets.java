package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Packet;
import io.vertx.core.Future;
import java.math.BigInteger;
import java.util.List;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Uint32;
import org.web3j.abi.datatypes.generated.Uint8;

/** The {@code TrestleBridge} contract. */
final class EvmPackets implements PacketPort {
  private final ChainReader chain;
  private final ContractReader reader;
  private final TransactionSigner signer;

  EvmPackets(ChainReader chain, TransactionSigner signer) {
    this.chain = chain;
    this.reader = new ContractReader(chain);
    this.signer = signer;
  }

  @Override
  public Future<SignedTransaction> prepareDelivery(
      Bytes contract, PacketDelivery delivery, SecretKey from) {
    return prepare(
        contract,
        from,
        delivery
            .past()
            .map(past -> receivePast(delivery, past))
            .orElseGet(() -> receive(delivery)));
  }

  private static Bytes receive(PacketDelivery delivery) {
    return Abi.call(
        "receivePacket",
        Abi.bytes(delivery.header()),
        Abi.bytes(delivery.certificate()),
        Abi.addresses(delivery.validators()),
        fields(delivery.packet()),
        Abi.uint64(delivery.leafIndex()),
        Abi.uint64(delivery.leafCount()),
        Abi.words(delivery.siblings()));
  }

  private static Bytes receivePast(PacketDelivery delivery, PastBlock past) {
    DynamicStruct from =
        new DynamicStruct(
            Abi.bytes(delivery.header()),
            Abi.bytes(delivery.certificate()),
            Abi.addresses(delivery.validators()),
            Abi.bytes(past.header()),
            Abi.words(past.siblings()),
            Abi.uint64(delivery.leafIndex()),
            Abi.uint64(delivery.leafCount()),
            Abi.words(delivery.siblings()));
    return Abi.call("receivePastPacket", from, fields(delivery.packet()));
  }

  @Override
  public Future<Boolean> isDelivered(Bytes contract, Hash32 packetId) {
    return Async.supply(
        () ->
            Abi.integerAt(
                        reader.call(
                            EvmMessages.contract(contract),
                            chain.tip().ref(),
                            "executed",
                            Abi.word(packetId)),
                        0)
                    .signum()
                > 0);
  }

  @Override
  public Future<Long> validatorEpoch(Bytes contract) {
    return Async.supply(
        () -> {
          HeaderRef head = chain.tip().ref();
          EvmAddress client =
              Abi.addressAt(reader.call(EvmMessages.contract(contract), head, "lightClient"), 0);
          return Abi.integerAt(reader.call(client, head, "currentEra"), 1).longValueExact();
        });
  }

  @Override
  public Future<SignedTransaction> prepareValidatorUpdate(
      Bytes contract,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      List<EvmAddress> nextValidators,
      SecretKey from) {
    return prepare(
        contract,
        from,
        Abi.call(
            "updateValidators",
            Abi.bytes(header),
            Abi.bytes(certificate),
            Abi.addresses(validators),
            Abi.addresses(nextValidators)));
  }

  @Override
  public Future<SignedTransaction> prepareBurn(
      Bytes contract, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder) {
    return prepare(
        contract,
        holder,
        Abi.call("burn", Abi.word(assetId), Abi.uint256(amount), Abi.bytes(recipient)));
  }

  @Override
  public Future<String> wrappedAsset(Bytes contract, Hash32 assetId) {
    return Async.supply(() -> token(contract, assetId, chain.tip().ref()).toString());
  }

  @Override
  public Future<Amount> wrappedBalance(Bytes contract, Hash32 assetId, String address) {
    return Async.supply(
        () -> {
          EvmAddress holder = Addresses.parse(address);
          HeaderRef head = chain.tip().ref();
          EvmAddress token = token(contract, assetId, head);
          return new Amount(
              Abi.integerAt(reader.call(token, head, "balanceOf", Abi.address(holder)), 0));
        });
  }

  @Override
  public Future<Amount> wrappedSupply(Bytes contract, Hash32 assetId) {
    return Async.supply(
        () -> {
          HeaderRef head = chain.tip().ref();
          EvmAddress token = token(contract, assetId, head);
          return new Amount(Abi.integerAt(reader.call(token, head, "totalSupply"), 0));
        });
  }

  /** The wrapped token of an asset. */
  EvmAddress token(Bytes contract, Hash32 assetId, HeaderRef block) {
    EvmAddress token =
        Abi.addressAt(
            reader.call(EvmMessages.contract(contract), block, "assetOf", Abi.word(assetId)), 0);
    if (token.equals(HtlcCalls.NO_TOKEN)) {
      throw new AdapterException(
          AdapterError.NOT_FOUND, "the bridge does not know asset " + assetId);
    }
    return token;
  }

  private Future<SignedTransaction> prepare(Bytes contract, SecretKey from, Bytes call) {
    return Async.supply(
        () ->
            signer.sign(
                from,
                TransactionSigner.Call.estimated(
                    EvmMessages.contract(contract), BigInteger.ZERO, call)));
  }

  /** {@code PacketFields} of the contract. */
  private static DynamicStruct fields(Packet packet) {
    return new DynamicStruct(
        Abi.word(packet.lane().hash()),
        Abi.uint64(packet.sequence()),
        Abi.word(packet.policyHash()),
        new Uint32(packet.finality()),
        new Uint8(packet.timeout().clock().code()),
        Abi.uint64(packet.timeout().value()),
        Abi.word(packet.fee().hash()),
        Abi.word(packet.group().hash()),
        new DynamicArray<>(
            DynamicStruct.class, packet.payloads().stream().map(EvmPackets::payload).toList()));
  }

  private static DynamicStruct payload(Packet.Payload payload) {
    return new DynamicStruct(
        new Uint8(payload.kind().code()),
        Abi.bytes(payload.destinationPort()),
        new Utf8String(payload.encoding()),
        new Utf8String(payload.version()),
        Abi.bytes(payload.value()));
  }
}
