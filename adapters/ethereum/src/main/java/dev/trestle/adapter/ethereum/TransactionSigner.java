package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.Sign;
import org.web3j.crypto.TransactionEncoder;

/** Makes signed EIP-1559 transactions. Methods block. */
final class TransactionSigner {
  /** Recovery id of the "v" that web3j expects. */
  private static final int V_OFFSET = 27;

  /** No call needs more: the gas limit of whole blocks. */
  private static final long MAX_GAS = 60_000_000;

  private static final BigInteger NO_LIMIT = BigInteger.TWO.pow(128);

  private final ChainReader chain;
  private final EvmOptions options;
  private final NonceLanes nonces;

  TransactionSigner(ChainReader chain, EvmOptions options, TimeSource time) {
    this.chain = chain;
    this.options = options;
    this.nonces = new NonceLanes(time);
  }

  /**
   * What to send.
   *
   * @param to empty to create a contract
   * @param value wei
   * @param gas a limit that is known beforehand; empty to have it estimated, which also tells why
   *     the call would be refused
   */
  record Call(Optional<EvmAddress> to, BigInteger value, Bytes data, OptionalLong gas) {
    static Call estimated(EvmAddress to, BigInteger value, Bytes data) {
      return new Call(Optional.of(to), value, data, OptionalLong.empty());
    }

    /**
     * For calls that must not be shown to a node before they are sent, or are not valid yet. They
     * have a deadline and get more room for a rising base fee.
     */
    static Call withGas(EvmAddress to, Bytes data, long gas) {
      return new Call(Optional.of(to), BigInteger.ZERO, data, OptionalLong.of(gas));
    }

    static Call creation(Bytes code) {
      return new Call(Optional.empty(), BigInteger.ZERO, code, OptionalLong.empty());
    }
  }

  static EvmAddress addressOf(SecretKey key) {
    return key.publicKey().evmAddress();
  }

  /**
   * @throws AdapterException REJECTED_BY_CHAIN with the contract's reason, FEE_CAP_EXCEEDED,
   *     INSUFFICIENT_FUNDS
   */
  SignedTransaction sign(SecretKey key, Call call) {
    EvmAddress sender = addressOf(key);
    boolean urgent = call.gas().isPresent();
    long gas = urgent ? call.gas().getAsLong() : estimate(sender, call);
    BigInteger balance = balance(sender);
    BigInteger affordable =
        balance.subtract(call.value()).max(BigInteger.ZERO).divide(BigInteger.valueOf(gas));
    Fees fees =
        Fees.suggest(chain.pool(), options.maxFeePerGas(), urgent, urgent ? affordable : NO_LIMIT);
    BigInteger fee = fees.max().multiply(BigInteger.valueOf(gas));
    BigInteger needed = fee.add(call.value());
    if (balance.compareTo(needed) < 0) {
      throw new AdapterException(
          AdapterError.INSUFFICIENT_FUNDS,
          Addresses.format(sender) + " has " + balance + " of " + needed + " wei");
    }
    long nonce = nonces.take(sender, pendingNonce(sender));
    try {
      return encode(key, call, nonce, gas, fees, new Amount(fee));
    } catch (RuntimeException e) {
      nonces.release(sender, nonce);
      throw e;
    }
  }

  /** Wei, at a block that more than half of the nodes have. */
  BigInteger balance(EvmAddress address) {
    String height = Json.quantity(chain.tip().ref().height());
    return chain
        .pool()
        .agree(rpc -> Json.integer(rpc.require("eth_getBalance", address.toString(), height)));
  }

  private SignedTransaction encode(
      SecretKey key, Call call, long nonce, long gas, Fees fees, Amount fee) {
    RawTransaction unsigned =
        RawTransaction.createTransaction(
            options.chainId(),
            BigInteger.valueOf(nonce),
            BigInteger.valueOf(gas),
            call.to().map(EvmAddress::toString).orElse(""),
            call.value(),
            call.data().toHex(),
            fees.priority(),
            fees.max());
    Bytes payload = Bytes.wrap(TransactionEncoder.encode(unsigned));
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(Digests.keccak256(payload), key);
    Sign.SignatureData parts =
        new Sign.SignatureData(
            (byte) (V_OFFSET + signature.recoveryId()),
            signature.rs().slice(0, 32).toArray(),
            signature.rs().slice(32, 64).toArray());
    Bytes raw = Bytes.wrap(TransactionEncoder.encode(unsigned, parts));
    return new SignedTransaction(Digests.keccak256(raw), raw, fee);
  }

  /** Transactions that the chain knows; those that it has not yet seen are in the lanes. */
  private long pendingNonce(EvmAddress sender) {
    return chain
        .pool()
        .median(
            rpc ->
                Json.integer64(
                    rpc.require("eth_getTransactionCount", sender.toString(), "pending")));
  }

  /** What the nodes estimate, and a quarter more. */
  private long estimate(EvmAddress sender, Call call) {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("from", sender.toString());
    call.to().ifPresent(to -> request.put("to", to.toString()));
    request.put("value", Json.quantity(call.value()));
    request.put("data", Json.data(call.data()));
    long gas = chain.pool().median(rpc -> estimate(rpc, request));
    if (gas < 1 || gas > MAX_GAS) {
      throw Json.malformed("an estimate of " + gas + " gas");
    }
    return Math.min(MAX_GAS, gas + gas / 4);
  }

  private static long estimate(EvmRpc rpc, Map<String, String> request) {
    return switch (rpc.call("eth_estimateGas", request)) {
      case EvmRpc.Reply.Result(var value) ->
          Json.integer64(value.orElseThrow(() -> Json.malformed("no estimate")));
      case EvmRpc.Reply.Failed failed -> {
        if (failed.message().contains("insufficient funds")
            || failed.message().contains("Insufficient funds")) {
          throw new AdapterException(AdapterError.INSUFFICIENT_FUNDS, failed.message());
        }
        throw failed.isRevert()
            ? new AdapterException(AdapterError.REJECTED_BY_CHAIN, RevertReason.of(failed.data()))
            : new AdapterException(AdapterError.NODE_ERROR, failed.message());
      }
    };
  }
}
