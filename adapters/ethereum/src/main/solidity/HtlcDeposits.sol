// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HtlcBase, IERC20} from "./HtlcBase.sol";

/// @title What stands at a deposit address once it is first paid from
/// @notice Takes coins from anyone and does only what the contract that made it says. It has no state and cannot be destroyed.
contract DepositBox {
    address private immutable maker = msg.sender;

    /// @dev Without data: a payment in. From its maker: `to | value | data` of a call, whose first returned word is passed on.
    fallback() external payable {
        address only = maker;
        assembly ("memory-safe") {
            if calldatasize() {
                if xor(caller(), only) { revert(0, 0) }
                let pointer := mload(64)
                let size := sub(calldatasize(), 64)
                calldatacopy(pointer, 64, size)
                if iszero(call(gas(), calldataload(0), calldataload(32), pointer, size, 0, 32)) { revert(0, 0) }
                size := returndatasize()
                if gt(size, 32) { size := 32 }
                return(0, size)
            }
        }
    }
}

/// @title Locks that are made by paying to an address
/// @notice Any wallet or exchange can lock by a plain transfer of at least the amount to `depositAddress(terms)`: the address
///   commits to the terms, and nothing can be taken from it but by them. A preimage pays the claimer exactly the amount, before
///   the expiry; the rest, and what comes later or is of another token, goes to the refunder. Coins that are paid in after
///   the expiry, or twice, are never lost.
abstract contract HtlcDeposits is HtlcBase {
    error DepositOpen(bytes32 lockId);

    bytes32 private constant DEPOSIT = keccak256("TrestleHtlc deposit");

    /// @notice Where to pay to (CREATE2). Whoever audits it must see the amount there, final, and the expiry far enough away.
    function depositAddress(Terms calldata terms) external view returns (address) {
        return _box(_id(terms));
    }

    /// @notice The entry of `status` for the deposit address of a lock: apart from that of the lock itself, so that neither
    ///   can be used up through the other.
    function depositIdOf(bytes32 lockId) public pure returns (bytes32) {
        return _hash(lockId, DEPOSIT);
    }

    /// @notice Pays the refunder all of `asset` that is at a deposit address which has been claimed or refunded; anyone may
    ///   send it. Reverts with DepositOpen while the address is still a lock (claim or refund it first), and as `refund` when the
    ///   payment is refused. While it is a lock nothing of any token leaves: one token may have two addresses.
    function sweepDeposit(Terms calldata terms, address asset) external once {
        bytes32 id = _id(terms);
        if (status[depositIdOf(id)] == 0) revert DepositOpen(id);
        _payAll(id, asset, terms.refunder);
    }

    /// @dev Ends the lock at a deposit address.
    function _takeDeposit(bytes32 id, uint256 outcome) internal returns (bytes32 key) {
        key = depositIdOf(id);
        if (status[key] != 0) revert NotLocked(key);
        status[key] = outcome;
    }

    function _payAll(bytes32 id, address token, address to) internal {
        uint256 amount = _balance(token, _box(id));
        if (amount != 0) _payFromDeposit(id, token, to, amount);
    }

    function _payFromDeposit(bytes32 id, address token, address to, uint256 amount) internal {
        if (!_canBePaid(to, token)) revert BadTerms();
        address box = _box(id);
        if (box.code.length == 0) new DepositBox{salt: id}();
        if (token == address(0)) {
            bytes memory order = abi.encode(to, amount);
            bool paid;
            assembly ("memory-safe") {
                paid := call(gas(), box, 0, add(order, 32), mload(order), 0, 0)
            }
            if (!paid) revert PaymentFailed(to);
        } else {
            if (token.code.length == 0) revert NoToken(token);
            bytes memory order = abi.encodePacked(abi.encode(token, 0), abi.encodeCall(IERC20.transfer, (to, amount)));
            if (!_callToken(box, order, gasleft())) revert TokenRefused(token);
        }
    }

    function _box(bytes32 id) private view returns (address) {
        bytes32 code = keccak256(type(DepositBox).creationCode);
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), id, code)))));
    }
}
