// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayProofs} from "./RelayProofs.sol";

/// @title Light client of the relay chain
/// @notice Knows one relay chain and the validator set of each of its eras, and verifies blocks of it: header (398 bytes)
///   and commit certificate, version 1, as relay-chain/docs/wire-format.md defines them. It has no owner and no way to be
///   changed: only a certificate of the current validators installs the next ones.
/// @dev An era is a run of epochs with one validator set. The set of a past era stays good for OLD_ERA_GRACE after its
///   successor was installed, so that packets on their way still arrive; after that its keys are worth nothing here, even
///   if all of them are stolen.
contract RelayLightClient {
    uint256 private constant HEADER_LENGTH = 398;
    uint256 private constant CERTIFICATE_HEAD = 48;
    uint256 private constant SIGNATURE_LENGTH = 64;
    uint256 private constant MIN_VALIDATORS = 4;
    bytes32 private constant VALIDATORS_TAG = keccak256("TRESTLE/relay/validators/v1");
    bytes32 private constant COMMIT_TAG = keccak256("TRESTLE/relay/commit/v1");
    /// half of the order of secp256k1: EIP-2 allows no larger s
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice Seconds for which the set of a past era still certifies its own blocks.
    uint256 public constant OLD_ERA_GRACE = 7 days;

    /// @notice keccak256 of the relay chain's genesis document.
    bytes32 public immutable chainId;

    /// @param validatorsHash of the set that certifies the era
    /// @param firstEpoch first epoch of the era
    /// @param firstHeight first block of the era
    /// @param retiredAt block.timestamp at which the next era was installed here; 0 for the current one
    struct Era {
        bytes32 validatorsHash;
        uint64 firstEpoch;
        uint64 firstHeight;
        uint64 retiredAt;
    }

    /// @notice What a verified header says.
    struct RelayBlock {
        bytes32 id;
        uint64 height;
        uint64 timeMs;
        uint64 epoch;
        bytes32 validatorsHash;
        bytes32 nextValidatorsHash;
        bytes32 stateRoot;
        bytes32 outboxRoot;
        bytes32 historyRoot;
    }

    Era[] private eras;

    event EraStarted(uint64 indexed firstEpoch, uint64 firstHeight, bytes32 validatorsHash);

    error HeaderMalformed();
    error WrongRelayChain();
    error UnknownEra(uint64 epoch, uint64 height);
    error EraExpired(uint64 epoch);
    error WrongValidators();
    error ValidatorsMalformed();
    error CertificateMalformed();
    error CertificateOfOtherBlock();
    error BitsBeyondSet();
    error BadSignature(uint256 validator);
    error QuorumTooLow(uint256 signers, uint256 validators);
    error NoHandOver();
    error NotInHistory(uint64 height);

    /// @param chainId_ of the relay chain
    /// @param firstEpoch first epoch of the trusted era
    /// @param firstHeight first height of the trusted era; blocks before it are never accepted
    /// @param validators the trusted set, ascending
    constructor(bytes32 chainId_, uint64 firstEpoch, uint64 firstHeight, address[] memory validators) {
        if (chainId_ == 0 || firstHeight == 0) revert HeaderMalformed();
        chainId = chainId_;
        _startEra(_hash(validators), firstEpoch, firstHeight);
    }

    /// @notice Verifies a block; reverts unless it is certified by more than two thirds of the set of its era.
    function verify(bytes calldata header, bytes calldata certificate, address[] calldata validators)
        public
        view
        returns (RelayBlock memory relayBlock)
    {
        relayBlock = _parse(header);
        Era memory era = _eraOf(relayBlock);
        if (relayBlock.validatorsHash != era.validatorsHash || _hash(validators) != era.validatorsHash) {
            revert WrongValidators();
        }
        _checkCertificate(certificate, validators, relayBlock);
    }

    /// @notice Verifies an older block by a newer one: `header` is certified, and its history root holds `older`. Which set
    ///   certified the older block, and whether that era has expired here, does not matter: the newer validators vouch.
    /// @param siblings of the older block's id in the tree of all block ids before `header`, from the leaf up
    function verifyOlder(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        bytes calldata older,
        bytes32[] calldata siblings
    ) external view returns (RelayBlock memory relayBlock) {
        RelayBlock memory newer = verify(header, certificate, validators);
        relayBlock = _parse(older);
        uint64 height = relayBlock.height;
        if (height == 0 || height >= newer.height) revert NotInHistory(height);
        if (!RelayProofs.includes(newer.historyRoot, relayBlock.id, height - 1, newer.height - 1, siblings)) {
            revert NotInHistory(height);
        }
    }

    /// @notice Whether a block emitted the packet; `outboxRoot` is that of a verified block.
    /// @param index place of the packet in the block's outbox
    /// @param count size of that outbox
    function emitted(bytes32 outboxRoot, bytes32 packetId, uint64 index, uint64 count, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return RelayProofs.includes(outboxRoot, packetId, index, count, siblings);
    }

    /// @notice Whether `value` stands under `key` in the state of a verified block.
    function stateHolds(bytes32 stateRoot, bytes calldata key, bytes calldata value, bytes32[] calldata siblings)
        external
        pure
        returns (bool)
    {
        return RelayProofs.holds(stateRoot, key, value, siblings);
    }

    /// @notice Whether nothing stands under `key` in the state of a verified block.
    /// @param other keyHash and valueHash of the leaf that is met instead; empty if none is
    function stateLacks(bytes32 stateRoot, bytes calldata key, bytes32[] calldata siblings, bytes32[] calldata other)
        external
        pure
        returns (bool)
    {
        return RelayProofs.lacks(stateRoot, key, siblings, other);
    }

    /// @notice Installs the next validators: `header` is the last block of the current era, certified by the current
    ///   set, and names them. Anyone may call it.
    function updateValidators(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        address[] calldata nextValidators
    ) external {
        RelayBlock memory last = verify(header, certificate, validators);
        Era storage current = eras[eras.length - 1];
        if (last.height < current.firstHeight || last.nextValidatorsHash == current.validatorsHash) revert NoHandOver();
        if (last.height == type(uint64).max || last.epoch == type(uint64).max) revert HeaderMalformed();
        if (_hash(nextValidators) != last.nextValidatorsHash) revert WrongValidators();
        current.retiredAt = uint64(block.timestamp);
        _startEra(last.nextValidatorsHash, last.epoch + 1, last.height + 1);
    }

    /// @notice The era that is current here.
    function currentEra() external view returns (Era memory) {
        return eras[eras.length - 1];
    }

    function eraCount() external view returns (uint256) {
        return eras.length;
    }

    function eraAt(uint256 index) external view returns (Era memory) {
        return eras[index];
    }

    /// @notice validatorsHash of a set; reverts unless it is strictly ascending and has at least 4 members.
    function hashOf(address[] calldata validators) external pure returns (bytes32) {
        return _hash(validators);
    }

    function _startEra(bytes32 validatorsHash, uint64 firstEpoch, uint64 firstHeight) private {
        eras.push(Era(validatorsHash, firstEpoch, firstHeight, 0));
        emit EraStarted(firstEpoch, firstHeight, validatorsHash);
    }

    function _parse(bytes calldata header) private view returns (RelayBlock memory relayBlock) {
        if (header.length != HEADER_LENGTH || bytes2(header[0:2]) != 0x0001) revert HeaderMalformed();
        if (bytes32(header[366:398]) != 0) revert HeaderMalformed();
        if (bytes32(header[2:34]) != chainId) revert WrongRelayChain();
        relayBlock.id = keccak256(header);
        relayBlock.height = uint64(bytes8(header[34:42]));
        relayBlock.timeMs = uint64(bytes8(header[42:50]));
        relayBlock.epoch = uint64(bytes8(header[82:90]));
        relayBlock.validatorsHash = bytes32(header[90:122]);
        relayBlock.nextValidatorsHash = bytes32(header[122:154]);
        relayBlock.stateRoot = bytes32(header[186:218]);
        relayBlock.outboxRoot = bytes32(header[218:250]);
        relayBlock.historyRoot = bytes32(header[250:282]);
    }

    /// @dev The newest era that starts at or before the block. Its epoch must lie in the same era, too.
    function _eraOf(RelayBlock memory relayBlock) private view returns (Era memory era) {
        uint256 i = eras.length;
        uint64 nextEpoch = type(uint64).max;
        while (i > 0) {
            era = eras[--i];
            if (relayBlock.height >= era.firstHeight) {
                if (relayBlock.epoch < era.firstEpoch) revert UnknownEra(relayBlock.epoch, relayBlock.height);
                if (era.retiredAt != 0) {
                    if (relayBlock.epoch >= nextEpoch) revert UnknownEra(relayBlock.epoch, relayBlock.height);
                    if (block.timestamp > era.retiredAt + OLD_ERA_GRACE) revert EraExpired(relayBlock.epoch);
                }
                return era;
            }
            nextEpoch = era.firstEpoch;
        }
        revert UnknownEra(relayBlock.epoch, relayBlock.height);
    }

    function _checkCertificate(bytes calldata certificate, address[] calldata validators, RelayBlock memory relayBlock)
        private
        view
    {
        uint256 n = validators.length;
        uint256 bitmapBits = ((n + 7) / 8) * 8;
        uint256 next = CERTIFICATE_HEAD + bitmapBits / 8;
        if (certificate.length < next || bytes2(certificate[0:2]) != 0x0101) revert CertificateMalformed();
        if (uint16(bytes2(certificate[46:48])) != n) revert CertificateMalformed();
        if (uint64(bytes8(certificate[2:10])) != relayBlock.height || bytes32(certificate[14:46]) != relayBlock.id) {
            revert CertificateOfOtherBlock();
        }
        uint256 round = uint32(bytes4(certificate[10:14]));
        bytes32 digest = keccak256(abi.encode(COMMIT_TAG, chainId, relayBlock.height, round, relayBlock.id));
        uint256 signers;
        for (uint256 i = 0; i < bitmapBits; i++) {
            if ((uint8(certificate[CERTIFICATE_HEAD + i / 8]) >> (i % 8)) & 1 == 0) continue;
            if (i >= n) revert BitsBeyondSet();
            if (certificate.length < next + SIGNATURE_LENGTH) revert CertificateMalformed();
            if (!_signed(digest, certificate[next:next + SIGNATURE_LENGTH], validators[i])) revert BadSignature(i);
            next += SIGNATURE_LENGTH;
            signers++;
        }
        if (next != certificate.length) revert CertificateMalformed();
        if (3 * signers <= 2 * n) revert QuorumTooLow(signers, n);
    }

    /// @dev EIP-2098: r, then s with the parity of y in its top bit.
    function _signed(bytes32 digest, bytes calldata signature, address signer) private pure returns (bool) {
        bytes32 r = bytes32(signature[0:32]);
        uint256 vs = uint256(bytes32(signature[32:64]));
        uint256 s = vs & (type(uint256).max >> 1);
        if (s > MAX_S) return false;
        address recovered = ecrecover(digest, uint8(27 + (vs >> 255)), r, bytes32(s));
        return recovered != address(0) && recovered == signer;
    }

    function _hash(address[] memory validators) private pure returns (bytes32 hash) {
        uint256 n = validators.length;
        if (n < MIN_VALIDATORS || n > type(uint16).max) revert ValidatorsMalformed();
        // 12 bytes of slack: every address is written with a whole word
        bytes memory packed = new bytes(34 + 20 * n + 12);
        bytes32 tag = VALIDATORS_TAG;
        assembly ("memory-safe") {
            mstore(add(packed, 32), tag)
            mstore(add(packed, 64), shl(240, n))
        }
        address previous = address(0);
        for (uint256 i = 0; i < n; i++) {
            address validator = validators[i];
            if (validator <= previous) revert ValidatorsMalformed();
            previous = validator;
            assembly ("memory-safe") {
                mstore(add(add(packed, 66), mul(20, i)), shl(96, validator))
            }
        }
        assembly ("memory-safe") {
            hash := keccak256(add(packed, 32), add(34, mul(20, n)))
        }
    }
}
