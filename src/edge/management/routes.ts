// Every path of the management API (contract §1): method, path, who may call, what answers. `npm run routes` prints it.

import { addApp, deleteApp, deleteSomeApps, disableApp, editApp, enableApp, getApp, pageOfApps, setExpiration } from './app.ts'
import { enableCallback, setCallback, verifyCallback } from './app-callback.ts'
import { pageOfConsents, withdrawFromApp } from './app-consent.ts'
import { bindProjects, grantInterfaces, limitApp, pageOfBoundProjects, pageOfGrants } from './app-grant.ts'
import { pageOfAppLog } from './app-log.ts'
import { applyForInterfaces, approveRequest, pageOfRequests, refuseRequest } from './app-request.ts'
import { resetSignKey, resetToken } from './app-secret.ts'
import { exportAudit, pageOfAudit } from './audit.ts'
import { explainOneCall, pageOfCalls } from './calls.ts'
import { getDelivery, pageOfDeliveries } from './delivery.ts'
import { addDemoService } from './demo.ts'
import { getDoc, pageOfDocs } from './doc.ts'
import { anyone, app, enrolling, hq, own, type Route, route, sender, signedIn } from './endpoint.ts'
import { statsErrors } from './errors.ts'
import { getEvent, pageOfEvents, pushEvent } from './event.ts'
import { getEventChoice, setEventChoice, testEvent } from './event-choice.ts'
import { eventsWaiting, pageOfCallbacks } from './event-waiting.ts'
import { addFile, getFile, removeFile } from './file.ts'
import { gatewaysNow } from './gateways.ts'
import {
  addInterface,
  addVersion,
  deleteInterfaces,
  disableInterface,
  editInterface,
  getInterface,
  pageOfInterfaces,
  publishInterface,
  setDoc,
} from './interface.ts'
import { exportInterfaces } from './interface-export.ts'
import { importInterfaces } from './interface-import.ts'
import { listen, listenResult } from './listen.ts'
import { captcha, login, logout } from './login.ts'
import { pageOfMails, resendOneMail } from './mail.ts'
import { endKeys, listKeys, rotateKey } from './oauth.ts'
import { publicKey, resetPassword, updatePassword } from './password.ts'
import { addProject, deleteProject, editProject, pageOfProjects } from './project.ts'
import { addProjectSource, deleteProjectSource, editProjectSource, pageOfProjectSources, pullProjects } from './project-source.ts'
import { countOfResend, resend, resendMatching, resendTheChosen } from './resend.ts'
import { addRole, deleteRole, editRole, grantRoles, pageOfPermissions, pageOfRoles } from './role.ts'
import { addService, editService, healthOfServices, pageOfServices, removeService } from './service.ts'
import { addServiceType, editServiceType, pageOfServiceTypes, removeServiceType } from './service-type.ts'
import { endOneSession, endTheOthers, me, pageOfSessions } from './session.ts'
import { pageOfSettings } from './setting.ts'
import { pageOfSms } from './sms.ts'
import { smsCode } from './sms-code.ts'
import { currentStats, statsSeries } from './stats.ts'
import { generate } from './token.ts'
import { statsTotals } from './totals.ts'
import { tryInterface } from './try.ts'
import { addUser, deleteUser, editUser, getUser, pageOfUsers, register } from './user.ts'
import { addUserDetail, editUserDetail, pageOfUserDetails, removeUserDetail } from './user-detail.ts'
import { givePassword, removeSecondFactor, signInOf, unlockUser } from './user-help.ts'

// biome-ignore format: a table
export const managementRoutes = [
  route('GET',  '/openapi/user/publicKey',          anyone,                    publicKey),
  route('GET',  '/openapi/user/captcha',            anyone,                    captcha),
  route('POST', '/openapi/user/smsCode',            anyone,                    smsCode),
  route('POST', '/openapi/user/register',           anyone,                    register),
  route('POST', '/openapi/user/login',              anyone,                    login),
  route('PUT',  '/openapi/user/logout',             enrolling,                 logout),
  route('GET',  '/openapi/user/me',                 enrolling,                 me),
  route('GET',  '/openapi/user/session/page',       signedIn,                  pageOfSessions),
  route('DELETE', '/openapi/user/session/{sessionId}', signedIn,               endOneSession),
  route('DELETE', '/openapi/user/session',          signedIn,                  endTheOthers),
  route('PUT',  '/openapi/user/updatePassword',     signedIn,                  updatePassword),
  route('PUT',  '/openapi/user/resetPassword',      anyone,                    resetPassword),
  route('GET',  '/openapi/user/info/{id}',          signedIn,                  getUser),
  route('PUT',  '/openapi/user/edit/{id}',          signedIn,                  editUser),
  route('GET',  '/openapi/user/page',               hq('view-user'),           pageOfUsers),
  route('POST', '/openapi/user/add',                hq('edit-user'),           addUser),
  route('DELETE', '/openapi/user/delete/{id}',      hq('delete-user'),         deleteUser),
  route('GET',  '/openapi/user/signIn/{id}',        hq('view-user'),           signInOf),
  route('PUT',  '/openapi/user/unlock/{id}',        hq('help-sign-in'),        unlockUser),
  route('PUT',  '/openapi/user/password/{id}',      hq('help-sign-in'),        givePassword),
  route('DELETE', '/openapi/user/secondFactor/{id}', hq('help-sign-in'),       removeSecondFactor),

  route('GET',  '/openapi/userDetail/page',         hq('view-user'),           pageOfUserDetails),
  route('POST', '/openapi/userDetail/add',          hq('edit-user-detail'),    addUserDetail),
  route('PUT',  '/openapi/userDetail/edit/{id}',    hq('edit-user-detail'),    editUserDetail),
  route('DELETE', '/openapi/userDetail/delete/{id}', hq('edit-user-detail'),   removeUserDetail),

  route('PUT',  '/openapi/user/role/{id}',          hq('grant-role'),          grantRoles),
  route('GET',  '/openapi/role/page',               hq('view-role'),           pageOfRoles),
  route('POST', '/openapi/role/add',                hq('edit-role'),           addRole),
  route('PUT',  '/openapi/role/edit/{id}',          hq('edit-role'),           editRole),
  route('DELETE', '/openapi/role/delete/{id}',      hq('edit-role'),           deleteRole),
  route('GET',  '/openapi/permission/page',         hq('view-role'),           pageOfPermissions),
  route('GET',  '/openapi/audit/page',              hq('view-audit'),          pageOfAudit),
  route('GET',  '/openapi/audit/export',            hq('view-audit'),          exportAudit),

  route('POST', '/openapi/app/add',                 own('create-app'),         addApp),
  route('GET',  '/openapi/app/page',                own('view-app'),           pageOfApps),
  route('GET',  '/openapi/app/{id}',                own('view-app'),           getApp),
  route('PUT',  '/openapi/app/edit/{id}',           own('edit-app'),           editApp),
  route('PUT',  '/openapi/app/enable/{id}',         hq('enable-app'),          enableApp),
  route('PUT',  '/openapi/app/disable/{id}',        hq('enable-app'),          disableApp),
  route('DELETE', '/openapi/app/{id}',              hq('delete-app'),          deleteApp),
  route('DELETE', '/openapi/app',                   hq('delete-app'),          deleteSomeApps),
  route('PUT',  '/openapi/app/expiration/{id}',     hq('extend-app'),          setExpiration),
  route('GET',  '/openapi/app/config/{id}',         own('view-app'),           pageOfGrants),
  route('PUT',  '/openapi/app/config/{id}',         hq('grant-interface'),     grantInterfaces),
  route('GET',  '/openapi/app/bind/{id}',           own('view-app'),           pageOfBoundProjects),
  route('PUT',  '/openapi/app/bind/{id}',           hq('bind-project'),        bindProjects),
  route('GET',  '/openapi/app/consent/{id}',        own('view-app'),           pageOfConsents),
  route('DELETE', '/openapi/app/consent/{id}/{userId}', hq('edit-user'),       withdrawFromApp),
  route('PUT',  '/openapi/app/limit/{id}',          hq('limit-app'),           limitApp),
  route('PUT',  '/openapi/app/callback/{id}',       own('edit-app'),           setCallback),
  route('POST', '/openapi/app/callback/verify/{id}', own('edit-app'),          verifyCallback),
  route('PUT',  '/openapi/app/callback/enable/{id}', own('edit-app'),          enableCallback),
  route('PUT',  '/openapi/app/resetToken/{id}',     own('reset-app-secret'),   resetToken),
  route('PUT',  '/openapi/app/resetSignKey/{id}',   own('reset-app-secret'),   resetSignKey),

  route('GET',  '/openapi/oauth/key',               hq('rotate-oauth-key'),    listKeys),
  route('POST', '/openapi/oauth/rotateKey',         hq('rotate-oauth-key'),    rotateKey),
  route('POST', '/openapi/oauth/endKeys',           hq('rotate-oauth-key'),    endKeys),

  route('POST', '/openapi/app/try/{id}',            own('try-app'),            tryInterface),

  route('POST', '/openapi/app/apply/{id}',          own('decide-apply'),       applyForInterfaces),
  route('GET',  '/openapi/app/apply/page',          own('decide-apply'),       pageOfRequests),
  route('PUT',  '/openapi/app/apply/approve/{applyId}', hq('decide-apply'),    approveRequest),
  route('PUT',  '/openapi/app/apply/refuse/{applyId}',  hq('decide-apply'),    refuseRequest),

  route('GET',  '/openapi/project/page',            hq('view-project'),        pageOfProjects),
  route('POST', '/openapi/project/add',             hq('create-project'),      addProject),
  route('PUT',  '/openapi/project/edit/{id}',       hq('edit-project'),        editProject),
  route('DELETE', '/openapi/project/delete/{id}',   hq('delete-project'),      deleteProject),

  route('GET',  '/openapi/projectSource/page',      hq('view-project-source'), pageOfProjectSources),
  route('POST', '/openapi/projectSource/add',       hq('edit-project-source'), addProjectSource),
  route('PUT',  '/openapi/projectSource/edit/{id}', hq('edit-project-source'), editProjectSource),
  route('DELETE', '/openapi/projectSource/delete/{id}', hq('edit-project-source'), deleteProjectSource),
  route('PUT',  '/openapi/projectSource/pull/{id}', hq('pull-projects'),       pullProjects),

  route('POST', '/openapi/service/add',             hq('create-service'),      addService),
  route('POST', '/openapi/service/demo',            hq('create-service'),      addDemoService),
  route('GET',  '/openapi/service/page',            hq('view-service'),        pageOfServices),
  route('GET',  '/openapi/service/health',          hq('view-service'),        healthOfServices),
  route('PUT',  '/openapi/service/edit/{id}',       hq('edit-service'),        editService),
  route('DELETE', '/openapi/service/delete/{id}',   hq('delete-service'),      removeService),

  route('GET',  '/openapi/serviceType/page',        own('view-interface'),     pageOfServiceTypes),
  route('POST', '/openapi/serviceType/add',         hq('edit-service-type'),   addServiceType),
  route('PUT',  '/openapi/serviceType/edit/{id}',   hq('edit-service-type'),   editServiceType),
  route('DELETE', '/openapi/serviceType/delete/{id}', hq('edit-service-type'), removeServiceType),

  route('POST', '/openapi/interface/add',           hq('create-interface'),    addInterface),
  route('POST', '/openapi/interface/version/{id}',  hq('create-interface'),    addVersion),
  route('PUT',  '/openapi/interface/edit/{id}',     hq('edit-interface'),      editInterface),
  route('PUT',  '/openapi/interface/doc/{id}',      hq('edit-interface'),      setDoc),
  route('DELETE', '/openapi/interface',             hq('delete-interface'),    deleteInterfaces),
  route('POST', '/openapi/interface/import',        hq('import-interface'),    importInterfaces),
  route('GET',  '/openapi/interface/export',        hq('export-interface'),    exportInterfaces),
  route('PUT',  '/openapi/interface/publish/{id}',  hq('publish-interface'),   publishInterface),
  route('PUT',  '/openapi/interface/disable/{id}',  hq('publish-interface'),   disableInterface),
  route('GET',  '/openapi/interface/page',          own('view-interface'),     pageOfInterfaces),
  route('GET',  '/openapi/interface/{id}',          own('view-interface'),     getInterface),

  route('POST', '/openapi/event/push',              sender('push-event'),      pushEvent),
  route('GET',  '/openapi/event/page',              own('view-event'),         pageOfEvents),
  route('GET',  '/openapi/event/waiting',           own('view-event'),         eventsWaiting),
  route('GET',  '/openapi/event/callback/page',     own('view-event'),         pageOfCallbacks),
  route('GET',  '/openapi/event/{id}',              own('view-event'),         getEvent),
  route('POST', '/openapi/event/listen',            app,                       listen),
  route('POST', '/openapi/event/listen/result',     app,                       listenResult),
  route('GET',  '/openapi/event/delivery/page',     own('view-event'),         pageOfDeliveries),
  route('GET',  '/openapi/event/delivery/{deliveryId}', own('view-event'),     getDelivery),
  route('GET',  '/openapi/event/resend',            own('resend-event'),       countOfResend),
  route('POST', '/openapi/event/resend',            own('resend-event'),       resendMatching),
  route('POST', '/openapi/event/resend/{deliveryId}', own('resend-event'),     resend),
  route('POST', '/openapi/event/resendChosen',      own('resend-event'),       resendTheChosen),
  route('POST', '/openapi/event/test/{id}',         own('push-event'),         testEvent),
  route('GET',  '/openapi/event/choice/{id}',       own('view-event'),         getEventChoice),
  route('PUT',  '/openapi/event/choice/{id}',       own('edit-app'),           setEventChoice),
  route('GET',  '/openapi/doc/page',                own('view-interface'),     pageOfDocs),
  route('GET',  '/openapi/doc/{id}',                own('view-interface'),     getDoc),

  route('POST', '/openapi/file',                    signedIn,                  addFile),
  route('GET',  '/openapi/file/{key}',              anyone,                    getFile),
  route('DELETE', '/openapi/file/{key}',            signedIn,                  removeFile),

  route('GET',  '/openapi/log/page',                hq('view-app-log'),        pageOfAppLog),
  route('GET',  '/openapi/mail/page',               hq('view-mail'),           pageOfMails),
  route('PUT',  '/openapi/mail/resend/{id}',        hq('resend-mail'),         resendOneMail),
  route('GET',  '/openapi/sms/page',                hq('view-sms'),            pageOfSms),

  route('GET',  '/openapi/setting/page',            hq('view-setting'),        pageOfSettings),

  route('POST', '/openapi/token/generate',          anyone,                    generate),

  route('GET',  '/openapi/stats/current',           own('view-stats'),         currentStats),
  route('GET',  '/openapi/stats/series',            own('view-stats'),         statsSeries),
  route('GET',  '/openapi/stats/totals',            own('view-stats'),         statsTotals),
  route('GET',  '/openapi/stats/errors',            own('view-stats'),         statsErrors),
  route('GET',  '/openapi/stats/gateways',          hq('view-stats'),          gatewaysNow),
  route('GET',  '/openapi/stats/calls',             own('view-stats'),         pageOfCalls),
  route('GET',  '/openapi/stats/explain/{requestId}', own('view-stats'),       explainOneCall),
] as const satisfies readonly Route[]
