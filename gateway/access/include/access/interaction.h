// What may be done to resources over REST.
#pragma once

#include <cstdint>
#include <string_view>

namespace linkway::access {

/// Codes of http://hl7.org/fhir/restful-interaction.
enum class Interaction : std::uint8_t {
    read,
    vread,
    update,
    patch,
    remove,  ///< "delete"
    history_instance,
    history_type,
    history_system,
    create,
    search_type,
    search_system,
    capabilities,
    transaction,
    batch,
    operation,
};

std::string_view to_code(Interaction interaction);

/// The letter of SMART v2's "cruds" that it needs, as FHIR R4 and SMART tell them apart: history of
/// one resource is reading, that of a type or of all is searching. A space where no letter alone
/// decides: capabilities (open), transaction and batch (each entry for itself), operations.
char permission(Interaction interaction);

/// http://hl7.org/fhir/audit-event-action: C, R, U, D or E.
char audit_action(Interaction interaction);

}  // namespace linkway::access
