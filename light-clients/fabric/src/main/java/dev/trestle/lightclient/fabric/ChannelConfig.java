package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.msp.Msp;
import dev.trestle.lightclient.fabric.msp.Msps;
import dev.trestle.lightclient.fabric.policy.ConfigPolicy;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.ChannelHeader;
import dev.trestle.lightclient.fabric.protos.ConfigGroup;
import dev.trestle.lightclient.fabric.protos.Envelope;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code common.Config} of a channel: who orders, and whose members they are. Parts are decoded
 * when they are asked for; {@link #ofBlock} has decoded all of them once.
 *
 * <p>A configuration that does not follow the one before is rejected with {@code config-sequence}.
 *
 * <p>Fabric {@code common/configtx.proto} and {@code common/configtx/update.go}.
 *
 * @param encoded as in the configuration block
 * @param sequence one more with every configuration block
 * @param channel the group of the whole channel
 */
record ChannelConfig(Bytes encoded, long sequence, ConfigGroup channel) {
  /** Largest configuration in bytes. */
  static final int MAX_SIZE = 500_000;

  /** Fewest consenters that tolerate a lie: 3f + 1 with f = 1. */
  static final int MIN_CONSENTERS = 4;

  /** Most consenters of BFT. */
  static final int MAX_CONSENTERS = 32;

  private static final String BFT = "BFT";
  private static final String RAFT = "etcdraft";
  private static final long WHOLE_BLOCK = 0xffff_ffffL;

  /**
   * @throws DecodeException if it is no configuration
   */
  static ChannelConfig decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a configuration of " + encoded.size() + " bytes");
    }
    ProtoFields in = ProtoFields.parse(encoded);
    if (in.varint(1) < 0) {
      throw new DecodeException("sequence " + in.varint(1));
    }
    return new ChannelConfig(encoded, in.varint(1), ConfigGroup.decode(in.bytes(2)));
  }

  /**
   * The configuration that a block carries, judged as a whole. Reasons: {@code data-hash}, {@code
   * config-update} (not exactly one configuration), {@code wrong-channel}, {@code policy-form} (no
   * consensus that the rules accept, fewer than 4 or more than 32 consenters or two of one key or
   * number, another hash than SHA-256), {@code malformed}.
   */
  static Verdict<ChannelConfig> ofBlock(Block block, FabricRules rules) {
    if (!Block.dataHash(block.data()).equals(block.header().dataRoot())) {
      return Verdict.reject(FabricCode.DATA_HASH, "not the hash of the data");
    }
    if (block.data().size() != 1) {
      return Verdict.reject(FabricCode.CONFIG_UPDATE, block.data().size() + " envelopes");
    }
    try {
      Envelope envelope = Envelope.decode(block.data().getFirst());
      if (envelope.channel().type() != ChannelHeader.CONFIG) {
        return Verdict.reject(FabricCode.CONFIG_UPDATE, "type " + envelope.channel().type());
      }
      if (!envelope.channel().channel().equals(rules.channel())) {
        return Verdict.reject(FabricCode.WRONG_CHANNEL, envelope.channel().channel());
      }
      return decode(ProtoFields.parse(envelope.data()).bytes(1)).checked(rules);
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  private Verdict<ChannelConfig> checked(FabricRules rules) {
    orderers();
    members();
    if (!hashes()) {
      return Verdict.reject(FabricCode.POLICY_FORM, "another hash than SHA-256 of all data");
    }
    String type = consensus();
    if (type.equals(BFT)) {
      return distinct(consenters())
          ? Verdict.accept(this)
          : Verdict.reject(FabricCode.POLICY_FORM, "too few, too many or equal consenters");
    }
    if (!type.equals(RAFT) || rules.byzantine()) {
      return Verdict.reject(FabricCode.POLICY_FORM, "consensus of the type " + type);
    }
    blockPolicy();
    return Verdict.accept(this);
  }

  private boolean hashes() {
    boolean sha256 =
        channel
            .value("HashingAlgorithm")
            .map(value -> ProtoFields.parse(value).text(1).equals("SHA256"))
            .orElse(true);
    return sha256
        && channel
            .value("BlockDataHashingStructure")
            .map(value -> ProtoFields.parse(value).varint(1) == WHOLE_BLOCK)
            .orElse(true);
  }

  private static boolean distinct(SortedMap<Long, SerializedIdentity> consenters) {
    Set<Bytes> keys = new HashSet<>();
    consenters
        .values()
        .forEach(each -> keys.add(X509Certificate.decode(each.certificate()).key().encoded()));
    return consenters.size() >= MIN_CONSENTERS && keys.size() == consenters.size();
  }

  private ConfigGroup ordering() {
    return channel.group("Orderer").orElseThrow(() -> new DecodeException("no orderers"));
  }

  private String consensus() {
    return ordering()
        .value("ConsensusType")
        .map(value -> ProtoFields.parse(value).text(1))
        .orElseThrow(() -> new DecodeException("no consensus"));
  }

  boolean isBft() {
    return consensus().equals(BFT);
  }

  /** BFT's consenters by number ({@code common.Orderers}). */
  SortedMap<Long, SerializedIdentity> consenters() {
    TreeMap<Long, SerializedIdentity> consenters = new TreeMap<>();
    Bytes mapping = ordering().value("Orderers").orElse(Bytes.EMPTY);
    for (Bytes each : ProtoFields.parse(mapping).repeated(1, MAX_CONSENTERS)) {
      ProtoFields in = ProtoFields.parse(each);
      if (consenters.put(in.varint(1), new SerializedIdentity(in.text(4), in.bytes(5))) != null) {
        throw new DecodeException("two consenters of the number " + in.varint(1));
      }
    }
    return consenters;
  }

  /** Whose signatures make a block of Raft. */
  ConfigPolicy blockPolicy() {
    ConfigGroup ordering = ordering();
    return ConfigPolicy.decode(
        ordering
            .policy("BlockValidation")
            .orElseThrow(() -> new DecodeException("no policy for blocks")),
        ordering);
  }

  /** Organisations of the orderers. */
  Msps orderers() {
    return msps(ordering());
  }

  /** Organisations of the application. */
  Msps members() {
    return msps(channel.group("Application").orElseThrow(() -> new DecodeException("no members")));
  }

  private static Msps msps(ConfigGroup group) {
    return new Msps(
        group.children().stream()
            .map(
                each ->
                    Msp.decode(
                        each.value("MSP")
                            .orElseThrow(() -> new DecodeException("a group without MSP"))))
            .toList());
  }

  /** Whether this follows {@code before} in one channel. */
  Verdict<ChannelConfig> after(ChannelConfig before) {
    return sequence == before.sequence + 1
        ? Verdict.accept(this)
        : Verdict.reject(
            FabricCode.CONFIG_SEQUENCE, sequence + " does not follow " + before.sequence);
  }
}
